"""Alias rules over real HTTP and on the command line, before a real graph."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import neo4j
import pytest
from click.testing import CliRunner
from headwater_collector.api_keys import ApiKeys, Role
from headwater_collector.body import Budget
from headwater_collector.cli import alias as cli
from headwater_collector.cli.main import headwater
from headwater_collector.data_folder import DataFolder
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.server.services import Services
from headwater_collector.settings import load_settings
from headwater_graph.queries import Queries

from tests.collector.serving import running
from tests.collector.test_cli import Capture, answer, run
from tests.graph.drawing import Drawing, migrate
from tests.waiting import PATIENCE

RULE = {"namespace": "s3a://(?P<bucket>.*)", "toNamespace": "s3://{bucket}"}
OPTIONS = ("--namespace", RULE["namespace"], "--to-namespace", RULE["toNamespace"])


@pytest.fixture
def services(neo4j_driver: neo4j.Driver, tmp_path: Path) -> Iterator[Services]:
    migrate(neo4j_driver)
    drawing = Drawing()
    for name in ("orders", "items"):
        drawing.dataset(name, "s3://lake")
    for name in ("orders", "rates"):
        drawing.dataset(name, "s3a://lake")
    drawing.keep(neo4j_driver)
    data, queries = DataFolder(tmp_path), Queries(neo4j_driver)
    with closing(SqliteEventLog(data.log)) as log, closing(EventIndex(log, data.index)) as index:
        yield Services(log, index, ApiKeys(data.keys), load_settings(), Budget(1), queries=lambda: queries)


@pytest.fixture
def url(services: Services, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with running(services) as found:
        monkeypatch.setenv("HEADWATER_URL", found)
        yield found


@pytest.fixture
def api(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"{url}/api/headwater/v1", timeout=PATIENCE, trust_env=False) as client:
        yield client


def test_a_preview_changes_nothing(api: httpx.Client, services: Services) -> None:
    found = api.post("/aliases/preview", json=RULE).json()
    assert (found["matched"], found["joined"], found["stands"]) == (2, 1, False)
    assert [(pair["name"], pair["otherNamespace"], pair["known"]) for pair in found["pairs"]] == [
        ("orders", "s3://lake", True),
        ("rates", "s3://lake", False),
    ]
    assert services.log.end() == 0


def test_a_rule_is_added_listed_and_removed(api: httpx.Client) -> None:
    added = api.post("/aliases", json={**RULE, "reason": "one bucket"}).json()
    assert (added["applied"], added["offset"]) == (True, 1)
    assert api.post("/aliases", json=RULE).json() == {"id": added["id"], "applied": False, "offset": None}
    (listed,) = api.get("/aliases").json()["rules"]
    assert (listed["id"], listed["by"], listed["reason"]) == (added["id"], "local", "one bucket")
    assert (listed["namespace"], listed["toName"]) == (RULE["namespace"], "{name}")
    assert api.post("/aliases/preview", json=RULE).json()["stands"] is True
    removed = api.delete(f"/aliases/{added['id']}?reason=wrong").json()
    assert removed == {"id": added["id"], "removed": True, "offset": 2}
    assert api.get("/aliases").json() == {"rules": []}
    gone = api.delete(f"/aliases/{added['id']}")
    assert (gone.status_code, "no alias rule" in gone.json()["detail"]) == (404, True)
    decided = api.get("/decisions").json()["decisions"]
    assert [(d["decision"], d["reason"]) for d in decided] == [("remove-rule", "wrong"), ("alias-rule", "one bucket")]


def test_a_wrong_rule_is_refused(api: httpx.Client, services: Services) -> None:
    for path in ("/aliases", "/aliases/preview"):
        refused = api.post(path, json={"name": "(a", "toName": "b"})
        assert refused.status_code == 400
        assert refused.json()["detail"].startswith("name: '(a' is not a regular expression of RE2")
        assert api.post(path, json={"name": 7}).status_code == 400
    assert services.log.end() == 0


def test_suggestions_have_evidence_and_a_command(api: httpx.Client) -> None:
    (found,) = api.get("/aliases/suggestions").json()["suggestions"]
    assert found["joins"] == 1
    assert "differ only in the scheme" in found["evidence"][0]
    assert found["command"].startswith("headwater alias apply --namespace s3a://lake --to-namespace s3://lake")


def test_only_administrators_decide(api: httpx.Client, services: Services) -> None:
    token = services.keys.create("reader", Role.READ)[1]
    api.headers["Authorization"] = f"Bearer {token}"
    assert api.post("/aliases", json=RULE).status_code == 403
    assert api.delete("/aliases/rule-x").status_code == 403
    assert api.post("/aliases/preview", json=RULE).status_code == 200
    assert api.get("/aliases/suggestions").status_code == 200


def test_without_a_terminal_nothing_is_applied_but_with_yes(url: str, capsys: Capture, services: Services) -> None:
    code, out, _ = run(capsys, "alias", "apply", *OPTIONS)
    assert code == 0
    assert "fits 2 dataset(s), and joins 1 to one that is there" in out
    assert "Nothing was changed. Add --yes to apply it." in out
    assert answer(capsys, "alias", "apply", *OPTIONS)["applied"] is False
    assert services.log.end() == 0
    code, out, _ = run(capsys, "alias", "apply", *OPTIONS, "--yes", "--reason", "one bucket")
    assert (code, "Applied as rule-" in out) == (0, True)
    assert "stands already" in run(capsys, "alias", "apply", *OPTIONS, "--yes")[1]
    (rule,) = answer(capsys, "alias", "list")["rules"]
    code, out, _ = run(capsys, "alias", "list")
    assert (rule["id"] in out, "one bucket" in out) == (True, True)
    assert "is removed" in run(capsys, "alias", "remove", rule["id"])[1]
    assert run(capsys, "alias", "remove", rule["id"])[0] == 5


@pytest.mark.parametrize(("said", "applied"), [("y\n", True), ("n\n", False)])
def test_on_a_terminal_it_asks(
    url: str, services: Services, monkeypatch: pytest.MonkeyPatch, said: str, applied: bool
) -> None:
    monkeypatch.setattr(cli, "_on_terminal", lambda: True)
    shown = CliRunner().invoke(headwater, ["alias", "apply", *OPTIONS], input=said)
    assert "Apply it?" in shown.output
    assert (services.log.end() == 1) is applied


def test_suggestions_on_the_command_line(url: str, capsys: Capture, services: Services) -> None:
    code, out, _ = run(capsys, "alias", "suggest")
    assert code == 0
    assert "would join 1 pair(s)" in out
    assert "because s3a://lake and s3://lake differ only in the scheme" in out
    assert "  headwater alias apply --namespace" in out
    (found,) = answer(capsys, "alias", "suggest")["suggestions"]
    run(capsys, *found["command"].split()[1:], "--yes")
    assert run(capsys, "alias", "suggest")[1] == "Nothing in the graph gives reason for a rule.\n"
    assert services.log.end() == 1


def test_a_wrong_rule_on_the_command_line(url: str, capsys: Capture) -> None:
    code, _, err = run(capsys, "alias", "apply", "--name", "(?P<x>a)", "--to-name", "{y}", "--yes")
    assert (code, "there is no group {y}" in err) == (2, True)
    assert run(capsys, "alias", "apply")[0] == 2
