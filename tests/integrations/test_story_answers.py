"""The answers that the story expects are those of the reference model."""

from collections.abc import Mapping

import pytest
from headwater_collector.parse import parse_event
from headwater_graph.keys import key, kind_of
from headwater_integrations import story
from openlineage.client.serde import Serde

from tests.reference.graph import Graph
from tests.reference.model import expected_graph


@pytest.fixture(scope="module")
def graph() -> Graph:
    return expected_graph([parse_event(Serde.to_json(event).encode()) for event in story.events()])


def _key(thing: story.Thing) -> str:
    run = key("run", thing.which)
    return {
        "run": run,
        "version": key("version", thing.namespace, thing.name, "v", thing.which),
        "written": key("version", thing.namespace, thing.name, "run", run),
        "unknown": key("version", thing.namespace, thing.name, "unknown", run),
    }[thing.kind]


def _reached(graph: Graph, start: str, *, upstream: bool) -> set[str]:
    """Walk the run-level flow; a step counts as the run that it is part of."""
    beside: dict[str, set[str]] = {}
    owner: dict[str, str] = {}
    for kind, source, target, _ in graph.edges:
        if kind in ("READ_BY", "WROTE"):
            here, there = (target, source) if upstream else (source, target)
            beside.setdefault(here, set()).add(there)
        elif kind == "HAS_STEP":
            owner[target] = source
    return {owner.get(found, found) for found in _closure(start, beside)} - {start}


def _closure(start: str, beside: Mapping[str, set[str]]) -> set[str]:
    seen, waiting = {start}, [start]
    while waiting:
        new = beside.get(waiting.pop(), set()) - seen
        seen |= new
        waiting.extend(new)
    return seen


def test_the_upstream_of_the_predictions(graph: Graph) -> None:
    found = _reached(graph, _key(story.PREDICTIONS_ASKED), upstream=True)
    assert found == {_key(thing) for thing in story.upstream()}


def test_what_the_bad_table_reaches(graph: Graph) -> None:
    found = {k for k in _reached(graph, _key(story.BAD_TABLE), upstream=False) if kind_of(k) == "version"}
    assert found == {_key(thing) for thing in story.downstream()}
    dataset_of = {source: target for kind, source, target, _ in graph.edges if kind == "VERSION_OF"}
    ends = {k for k in found if graph.nodes[dataset_of[k]][0] & {"Model", "Predictions"}}
    assert ends == {_key(thing) for thing in story.reached()}


def test_it_shows_what_the_graph_can_hold(graph: Graph) -> None:
    """A split run, a failed run, a failed check, and every kind of node that the graph has."""
    labels = {label for of_node, _ in graph.nodes.values() for label in of_node}
    assert labels >= {
        *("Model", "ModelVersion", "FeatureView", "Endpoint", "Predictions", "Step", "Column"),
        *("CodeVersion", "Environment", "ParamSet", "Metric", "Assertion", "Facet"),
    }
    assert [run["state"] for run in graph.of_label("Run").values()].count("FAIL") == 1
    failed = [check for check in graph.of_label("Assertion").values() if not check["success"]]
    assert [check["name"] for check in failed] == ["no_negative_amount"]
