"""Lists, details, search, lineage and Cypher over real HTTP and on the command line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import neo4j
import pytest
from click.testing import CliRunner
from headwater_collector.api_keys import ApiKeys
from headwater_collector.body import Budget
from headwater_collector.cli.main import headwater
from headwater_collector.data_folder import DataFolder
from headwater_collector.errors import BadRequest, NotFound
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.server.services import Services
from headwater_collector.settings import load_settings
from headwater_graph.keys import key as facet_key
from headwater_graph.queries import Queries

from tests.collector.serving import running
from tests.graph.drawing import LONG_AGO, Drawing, migrate
from tests.waiting import PATIENCE


def _drawing() -> Drawing:
    drawing = Drawing()
    drawing.dataset("raw", "lake", type="TABLE", columns=["a", "b"])
    for number in range(5):
        drawing.dataset(f"t{number}", "other|one")
    load = drawing.simple("raw", "load", "clean")
    drawing.edge("PART_OF", load, drawing.job("dag"))
    old = drawing.version("clean", "1", "2026-01-01T00:00:00.000000001Z")
    new = drawing.version("clean", "2", "2026-01-01T00:00:00.000000002Z")
    unknown = drawing.version("clean", "unseen")
    for number in range(5):
        at = f"2026-01-0{number + 1}T00:00:00.12345678{number}Z" if number else LONG_AGO
        state = "FAIL" if number == 4 else "COMPLETE"
        run = drawing.run(f"{number}0000000-0000-4000-8000-000000000000", "load", at, state)
        drawing.flow([unknown] if number == 4 else [], run, [old] if number == 0 else [new] if number == 1 else [])
    stub = drawing.node("run|stub", runId="stub", jobKey=load)
    drawing.edge("RUN_OF", stub, load)
    drawing.edge("HAS_FACET", load, drawing.node(facet_key("facet", load, "custom"), name="custom", json='{"a": [1]}'))
    _draw_facets(drawing, load, new)
    return drawing


def _draw_facets(drawing: Drawing, load: str, version: str) -> None:
    run, root = "run|10000000-0000-4000-8000-000000000000", "run|stub"
    for dataset in ("raw", "clean"):
        about, said = f"dataset|lake|{dataset}", f'{{"of": "{dataset}"}}'
        kept = drawing.node(
            facet_key("facet", run, "in", about, "scan"), name="scan", json=said, dataset=about, role="input"
        )
        drawing.edge("HAS_FACET", run, kept)
    tag = drawing.node("tag|tier|gold", tag="tier=gold", name="tier", value="gold")
    for owner in (run, load, "dataset|lake|clean", drawing.column("clean", "email")):
        drawing.edge("TAGGED", owner, tag, source="USER")
    for before, after in ((root, run), (drawing.job("dag"), load)):
        drawing.edge("TRIGGERS", before, after, id=after, saidBy=after, type="IMPLICIT_DEPENDENCY")
    drawing.edge("HAS_ROOT", run, root)
    test = drawing.node("assertion|x", name="unique", success=True, status="pass", runId="1")
    drawing.edge("REPORTED", run, test)
    drawing.edge("CHECKED", test, version)
    metric = drawing.node("metric|x", name="rowCount", value=9.0)
    drawing.edge("MEASURED", run, metric)
    drawing.edge("DESCRIBES", metric, version)
    drawing.edge("USED_CODE", load, drawing.node("code|x", repository="git@x", version="c0ffee"))
    step = drawing.node("datasetstep|clean")
    drawing.edge("HAS_STEP", "dataset|lake|clean", step)
    drawing.wire(["dataset|other%7Cone|t0"], step, [])


@pytest.fixture
def api(neo4j_driver: neo4j.Driver, tmp_path: Path) -> Iterator[httpx.Client]:
    migrate(neo4j_driver)
    _drawing().keep(neo4j_driver)
    data, settings = DataFolder(tmp_path), load_settings(query_row_limit=7)
    log = SqliteEventLog(data.log)
    index = EventIndex(log, data.index)
    queries = Queries(neo4j_driver)
    services = Services(log, index, ApiKeys(data.keys), settings, Budget(10**6), queries=lambda: queries)
    with (
        running(services) as url,
        httpx.Client(base_url=f"{url}/api/headwater/v1", timeout=PATIENCE, trust_env=False) as client,
    ):
        yield client
    index.close()
    log.close()


def _get(api: httpx.Client, path: str, **parameters: Any) -> Any:
    response = api.get(path, params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


def _all(api: httpx.Client, path: str, what: str, **parameters: Any) -> list[Any]:
    found: list[Any] = []
    cursor = None
    while True:
        page = _get(api, path, **parameters, **({"cursor": cursor} if cursor else {}))
        found += page[what]
        cursor = page["nextCursor"]
        if cursor is None:
            return found


@pytest.mark.parametrize("limit", [1, 2, 3, 100])
def test_pages_hold_everything_once_in_order(api: httpx.Client, limit: int) -> None:
    datasets = [found["key"] for found in _all(api, "/datasets", "datasets", limit=limit)]
    assert datasets == sorted(set(datasets))
    assert len(datasets) == 7
    assert len(_all(api, "/datasets", "datasets", limit=limit, namespace="other|one")) == 5
    assert [found["name"] for found in _all(api, "/jobs", "jobs", limit=limit)] == ["dag", "load"]
    runs = [found["runId"][0] for found in _all(api, "/runs", "runs", limit=limit)]
    assert runs == ["4", "3", "2", "1", "0"]
    runs = [found["runId"][0] for found in _all(api, "/runs", "runs", limit=limit, job="load")]
    assert runs == ["4", "3", "2", "1", "0", "s"]
    assert [found["runId"][0] for found in _all(api, "/runs", "runs", limit=limit, state="fail")] == ["4"]
    versions = [found["version"] for found in _all(api, "/versions", "versions", limit=limit, dataset="clean")]
    assert versions == ["2", "1", "unseen"]


def test_one_dataset_is_told_in_detail(api: httpx.Client) -> None:
    for asked in ({"namespace": "lake", "name": "raw"}, {"name": "raw"}, {"key": "dataset|lake|raw"}):
        found = _get(api, "/datasets", **asked)
        assert (found["kind"], found["columns"], found["type"]) == ("dataset", ["a", "b"], "TABLE")
        assert (found["consumers"], found["producers"], found["facets"]) == (["job|airflow|load"], [], {})
    assert _get(api, "/datasets", name="clean")["versions"] == 3


def test_one_job_run_and_version_are_told_in_detail(api: httpx.Client) -> None:
    job = _get(api, "/jobs", namespace="airflow", name="load")
    assert (job["inputs"], job["outputs"], job["runs"]) == (["dataset|lake|raw"], ["dataset|lake|clean"], 6)
    assert (job["parents"], job["facets"]) == (["job|airflow|dag"], {"custom": {"a": [1]}})
    run = _get(api, "/runs", runId="40000000")
    assert (run["state"], run["jobs"], run["name"]) == ("FAIL", ["job|airflow|load"], "load")
    assert [found["key"] for found in run["inputs"]] == ["version|lake|clean|v|unseen"]
    version = _get(api, "/versions", name="clean@2")
    assert version["writers"] == ["run|10000000-0000-4000-8000-000000000000"]
    assert (version["writtenAt"], version["name"]) == ("2026-01-01T00:00:00.000000002Z", "clean")


def test_what_facets_say_is_told_in_detail(api: httpx.Client) -> None:
    tag = {"tag": "tier=gold", "name": "tier", "value": "gold", "source": "USER"}
    run = _get(api, "/runs", runId="10000000")
    assert (run["tags"], run["root"]) == ([tag], "run|stub")
    kept = {f"dataset|lake|{name}": {"scan": {"of": name}} for name in ("raw", "clean")}
    assert (run["facets"], run["inputFacets"]) == ({}, kept)
    assert run["triggeredBy"] == [{"key": "run|stub", "type": "IMPLICIT_DEPENDENCY"}]
    assert run["tests"] == [
        {"name": "unique", "success": True, "status": "pass", "versions": ["version|lake|clean|v|2"]}
    ]
    assert [found["key"] for found in run["outputs"]] == ["version|lake|clean|v|2"]
    job = _get(api, "/jobs", name="load")
    assert (job["tags"], job["code"]) == ([tag], {"repository": "git@x", "version": "c0ffee"})
    assert [found["key"] for found in job["triggeredBy"]] == ["job|airflow|dag"]
    dataset = _get(api, "/datasets", name="clean")
    assert (dataset["tags"], dataset["columnTags"]) == ([tag], [{**tag, "column": "email"}])
    assert dataset["derivedFrom"] == ["dataset|other%7Cone|t0"]
    assert _get(api, "/versions", name="clean@2")["metrics"] == [{"name": "rowCount", "value": 9.0, "run": run["key"]}]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_facets_are_found_by_name(api: httpx.Client, limit: int) -> None:
    assert _all(api, "/facets", "facets", limit=limit) == ["custom", "scan"]
    run = {
        "key": "run|10000000-0000-4000-8000-000000000000",
        "kind": "run",
        "runId": "10000000-0000-4000-8000-000000000000",
        "state": "COMPLETE",
        "jobKey": "job|airflow|load",
        "namespace": "airflow",
        "name": "load",
    }
    said = [{**run, "dataset": f"dataset|lake|{name}", "facet": {"of": name}} for name in ("clean", "raw")]
    assert _all(api, "/facets", "facets", name="scan", limit=limit) == said
    assert _all(api, "/facets", "facets", name="scan", kind="run", limit=limit) == said
    assert _all(api, "/facets", "facets", name="scan", kind="job", limit=limit) == []
    assert _all(api, "/facets", "facets", name="sca", limit=limit) == []
    job = {"key": "job|airflow|load", "kind": "job", "namespace": "airflow", "name": "load", "facet": {"a": [1]}}
    assert _all(api, "/facets", "facets", name="custom", limit=limit) == [job]


@pytest.mark.parametrize(
    ("path", "parameters", "status"),
    [
        ("/facets", {"name": "scan", "kind": "column"}, 400),
        ("/facets", {"limit": 0}, 400),
        ("/datasets", {"cursor": "nonsense"}, 400),
        ("/runs", {"cursor": "WyJ4IiwieSJd"}, 400),
        ("/runs", {"state": "DONE"}, 400),
        ("/datasets", {"limit": 0}, 400),
        ("/datasets", {"limit": 100_000}, 400),
        ("/datasets", {"name": "nothing"}, 404),
        ("/datasets", {"namespace": "nowhere", "name": "raw"}, 404),
        ("/jobs", {"name": "raw"}, 404),
        ("/versions", {}, 400),
        ("/upstream", {"of": "nothing"}, 404),
        ("/upstream", {"of": "raw", "level": "all"}, 400),
        ("/upstream", {"of": "raw", "asOf": "yesterday"}, 400),
        ("/upstream", {}, 400),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    api: httpx.Client, path: str, parameters: dict[str, Any], status: int
) -> None:
    response = api.get(path, params=parameters)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"]


def test_lineage_and_search_over_http(api: httpx.Client) -> None:
    answer = _get(api, "/upstream", of="clean", depth=3, asOf="2026-06-01T00:00:00Z")
    assert [node["key"] for node in answer["nodes"]] == [
        "dataset|lake|clean",
        "dataset|lake|raw",
        "dataset|other%7Cone|t0",  # by a step of the dataset itself
        "job|airflow|load",
    ]
    assert (answer["appliedThrough"], answer["pending"], answer["complete"]) == (0, 0, True)
    assert [found["name"] for found in _get(api, "/search", q="lo")["results"]] == ["load"]


def test_cypher_over_http(api: httpx.Client) -> None:
    asked = {"query": "MATCH (d:Dataset) WHERE d.name = $name RETURN d.key", "parameters": {"name": "raw"}}
    answer = api.post("/cypher", json=asked).json()
    assert (answer["columns"], answer["rows"], answer["truncated"]) == (["d.key"], [["dataset|lake|raw"]], False)
    many = api.post("/cypher", json={"query": "UNWIND range(1, 100) AS x RETURN x"}).json()
    assert (len(many["rows"]), many["truncated"]) == (7, True)
    for query in ("CREATE (n:Other)", "MATCH (n) RETRUN n", "SHOW USERS"):
        refused = api.post("/cypher", json={"query": query})
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/problem+json")
    assert api.post("/cypher", json={}).status_code == 400


@pytest.fixture
def cli(api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("HEADWATER_URL", str(api.base_url).partition("/api")[0])
    return CliRunner()


def test_the_command_line_draws_a_tree(cli: CliRunner) -> None:
    out = cli.invoke(headwater, ["upstream", "clean"], catch_exceptions=False).output
    assert [line.strip() for line in out.splitlines()] == [
        "Upstream of clean  wiring",
        "└── clean  lake",
        "├── t0  other|one",
        "└── load  airflow",
        "└── raw  lake",
        "4 nodes, 3 edges",
    ]
    answer = json.loads(cli.invoke(headwater, ["downstream", "raw", "--json", "--depth", "1"]).output)
    assert (answer["direction"], answer["depth"], len(answer["nodes"])) == ("downstream", 1, 3)


def test_the_command_line_searches_and_asks_in_cypher(cli: CliRunner) -> None:
    out = cli.invoke(headwater, ["search", "raw"], catch_exceptions=False).output
    assert out.splitlines()[1].split() == ["dataset", "raw", "lake", "TABLE"]
    query = "MATCH (d:Dataset) WHERE d.name = $name RETURN d.name AS name, d.columns AS columns"
    out = cli.invoke(headwater, ["cypher", query, "-p", "name=raw"], catch_exceptions=False).output
    assert [line.rstrip().split(maxsplit=1) for line in out.splitlines()] == [
        ["name", "columns"],
        ["raw", '["a", "b"]'],
    ]
    out = cli.invoke(headwater, ["cypher", "-", "--json"], input="RETURN 1 AS one", catch_exceptions=False).output
    assert json.loads(out)["rows"] == [[1]]
    out = cli.invoke(headwater, ["facets"], catch_exceptions=False).output
    assert out.split() == ["FACET", "custom", "scan"]
    cut = cli.invoke(headwater, ["facets", "scan", "--limit", "1"], catch_exceptions=False)
    run = "10000000-0000-4000-8000-000000000000"
    assert cut.stdout.splitlines()[1].split() == ["run", "load", "airflow", run, "clean"]
    assert "more than these 1" in cut.stderr
    assert cli.invoke(headwater, ["facets", "no"]).exit_code == 1
    many = cli.invoke(headwater, ["cypher", "UNWIND range(1, 100) AS x RETURN x"], catch_exceptions=False)
    assert "first 7" in many.stderr


def test_the_command_line_tells_what_is_wrong(cli: CliRunner) -> None:
    assert isinstance(cli.invoke(headwater, ["upstream", "nothing"]).exception, NotFound)
    assert isinstance(cli.invoke(headwater, ["cypher", "CREATE (n)"]).exception, BadRequest)
    assert cli.invoke(headwater, ["search", "qqqqzzzz"]).exit_code == 1
