"""Each example of the specification in an event of its own: taken without a warning, projected or kept, read back."""

import json
from typing import Any

import httpx
import pytest
from headwater_collector.projection.fate_table import fate_of
from headwater_collector.projection.say import say

from tests.compatibility.examples import RUN_ID, Example, examples
from tests.compatibility.read_back import READERS, SAID, Seen, bare
from tests.compatibility.scenario import Scenario
from tests.compatibility.state import get
from tests.compatibility.validator import taken
from tests.docs.test_facets import specification
from tests.faults.served import Headwater
from tests.reference.scenario import graph_of

absent = pytest.mark.skip(reason="the specification's examples are not here (HEADWATER_SPEC)")
EXAMPLES = examples()
each_example = pytest.mark.parametrize(
    "example", EXAMPLES or [pytest.param(None, marks=absent)], ids=lambda example: example.path if example else "none"
)


def any_order(value: Any) -> Any:
    """Return a value with its lists in one order."""
    if isinstance(value, list):
        return sorted((any_order(one) for one in value), key=repr)
    return {name: any_order(value[name]) for name in sorted(value)} if isinstance(value, dict) else value


@each_example
def test_an_example_is_taken_and_read_back(example: Example) -> None:
    assert [*example.event.warnings, *say(example.event).warnings] == []
    seen = Seen(graph_of(example.event), example)
    said, told = bare(example.facet), READERS[example.key](seen)
    if example.key in SAID:
        said = SAID[example.key](seen, said)
    kept = [json.loads(p["json"]) for p in seen.graph.of_label("Facet").values() if p["name"] == example.key]
    assert kept in ([], [example.facet])
    known = said if not kept else {name: value for name, value in said.items() if name in told}
    assert any_order(told) == any_order(known)
    assert told or kept
    if example.alone or example.level != "dataset":  # what a run's event says of a dataset can be that run's
        assert bool(kept) >= (fate_of(example.level, example.key).kept == "always")


@pytest.mark.skipif(specification() is None, reason="the specification's examples are not here (HEADWATER_SPEC)")
def test_all_examples_are_tried() -> None:
    root = specification()
    assert root is not None
    files = {f"{path.parent.name}/{path.stem}" for path in root.glob("tests/*/*.json")}
    assert len(files) >= 46
    assert {example.path.removesuffix(" alone") for example in EXAMPLES} == files


@pytest.mark.skipif(not EXAMPLES, reason="the specification's examples are not here (HEADWATER_SPEC)")
def test_examples_are_taken_and_told_by_the_api(headwater: Headwater, http: httpx.Client) -> None:
    root = specification()
    assert root is not None
    by_path = {example.path: example for example in EXAMPLES}
    chosen = [
        "ErrorMessageRunFacet/1",
        "SQLJobFacet/1",
        "SchemaDatasetFacet/1 alone",
        "DataQualityMetricsInputDatasetFacet/1",
    ]
    bodies = {path: by_path[path].body for path in chosen}
    bodies["full"] = (root / "tests" / "example_full_event.json").read_bytes()
    with taken(headwater, http, Scenario("examples", bodies)) as answers:
        assert answers == {path: [] for path in bodies}
        error, sql, schema, quality = (by_path[path].facet for path in chosen)
        run = get(http, "runs", runId=RUN_ID)
        assert (run["error"], run["facets"]) == (error["message"], {"errorMessage": error})
        assert run["inputFacets"] == {"dataset|examples|in": {"dataQualityMetrics": quality}}
        job = get(http, "jobs", namespace="examples", name="job")
        assert job["sql"] == sql["query"]
        dataset = get(http, "datasets", namespace="examples", name="out")
        assert dataset["facets"] == {"schema": schema}
        assert set(dataset["columns"]) >= {field["name"] for field in schema["fields"]}
        full = get(http, "jobs", namespace="food_delivery", name="dbt")
        assert (full["sql"], full["runs"]) == ("SELECT 1", 1)
