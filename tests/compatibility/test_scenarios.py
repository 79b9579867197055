"""The consumer scenarios of the OpenLineage compatibility tests, each alone in a running Headwater."""

import json
import re
from typing import Any

import httpx
import pytest

from tests.compatibility.report import SUCCESS, report
from tests.compatibility.scenario import SCENARIOS, config, expectations, recorded
from tests.compatibility.state import KINDS, Row, state
from tests.compatibility.validator import validate
from tests.corpus import corpus
from tests.faults.served import Headwater

NAMES = sorted(path.parent.name for path in SCENARIOS.glob("*/config.json"))
absent = pytest.mark.skipif(
    corpus.folder() is None, reason="the recorded events are not here; HEADWATER_CORPUS names their folder"
)
SETS = {
    "datasets": "dataset",
    "jobs": "job",
    "job_reads": "wiring",
    "job_writes": "wiring",
    "column_edges": "column",
    "terminal": "run",
}


@absent
def test_the_graph_is_as_expected_after_each_scenario(headwater: Headwater, http: httpx.Client) -> None:
    found = recorded()
    assert [scenario.name for scenario in found] == NAMES
    validated = [validate(headwater, http, scenario) for scenario in found]
    assert {test.name: test.details for one in validated for test in one.tests if test.details} == {}
    assert {kind: rows for kind, rows in state(http).items() if rows} == {}  # each was taken out again
    check_form(json.loads(json.dumps(report(validated))))


def check_form(components: list[dict[str, Any]]) -> None:
    """Check that a report has the form of the compatibility tests, and a test for all that was sent and expected."""
    (component,) = components
    assert (component["name"], component["component_type"]) == ("headwater", "consumer")
    for scenario, sent in zip(component["scenarios"], recorded(), strict=True):
        assert (scenario["name"], scenario["status"]) == (sent.name, SUCCESS)
        names = [test["name"] for test in scenario["tests"]]
        assert names == [*sent.events, *(one.name for one in expectations(sent.name)), "kept facets"]
        for test in scenario["tests"]:
            assert test.keys() == {"name", "status", "validation_type", "entity_type", "details", "tags"}
        assert scenario["tests"][0]["tags"]["openlineage_version"] == config(sent.name)["openlineage_version"]


@pytest.mark.parametrize("name", NAMES)
def test_each_file_of_a_scenario_is_used_and_of_a_kind_that_there_is(name: str) -> None:
    tests = config(name)["tests"]
    assert {test["path"] for test in tests} == {f"validation/{p.name}" for p in SCENARIOS.glob(f"{name}/validation/*")}
    assert {test["entity"] for test in tests} <= {*KINDS}


@pytest.mark.parametrize("name", NAMES)
def test_the_description_of_a_scenario_counts_what_is_expected(name: str) -> None:
    text = " ".join((SCENARIOS / name / "scenario.md").read_text(encoding="utf-8").split())
    said = {what: int(number) for number, what in re.findall(r"(\d+) (job|run|dataset|edges between \w+)", text)}
    rows = {one.entity: len(one.rows) for one in expectations(name)}
    wiring, columns = said.pop("edges between jobs"), said.pop("edges between columns", None)
    assert {**said, "wiring": wiring, **({"column": columns} if columns else {})} == rows


@absent
@pytest.mark.parametrize("name", SETS)
def test_what_is_expected_holds_the_sets_of_the_corpus(name: str) -> None:
    sources = [source for source in corpus.sources() if source.startswith("ol-compat-")]
    wanted = {row for source in sources for row in corpus.expected(source)[name]}
    rows = [row for scenario in NAMES for one in expectations(scenario) if one.entity == SETS[name] for row in one.rows]
    assert wanted
    assert wanted <= {told(name, row) for row in rows}


def told(name: str, row: Row) -> tuple[str, ...]:
    """Return an entity as the sets of the corpus name it."""
    source, target = (str(row.get(end, "")).split("|")[1:] for end in ("source", "target"))
    match name:
        case "datasets" | "jobs":
            return row["namespace"], row["name"]
        case "job_reads":
            return (*target, *source)
        case "terminal":
            return row["runId"], row.get("state", "")
        case _:
            return (*source, *target)
