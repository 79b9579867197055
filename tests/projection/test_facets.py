"""Each row of the table of facets in an event: what the graph holds of it, and what is said of a malformed one."""

import json
from typing import Any

import pytest
from headwater_collector.event import Event
from headwater_collector.projection.fate_table import FAMILIES, FATES, fate_of
from headwater_collector.projection.fates import Fate
from headwater_collector.projection.projector import apply

from tests.projection.facet_examples import EXAMPLES, Example, Key
from tests.reference.graph import Graph, Properties
from tests.reference.memory_graph import MemoryGraph
from tests.reference.scenario import dataset_event, graph_of, run_event

ROWS = (*FATES, *FAMILIES)


def key_of(fate: Fate) -> str:
    return fate.key.replace("*", "Something")


def example(fate: Fate) -> Example:
    return EXAMPLES.get((fate.level, fate.key)) or Example({"anything": [1, {"at": "all"}]})


def places(fate: Fate) -> tuple[str, ...]:
    usual = "facets" if fate.level in ("run", "job", "dataset") else f"{fate.level}Facets"
    return fate.places or (usual,)


def name_of(it: Fate | str) -> str:
    return f"{it.level}-{it.key}" if isinstance(it, Fate) else it


def event(fate: Fate, place: str, facet: Any) -> Event:
    """Return an event that says the facet; it reads two datasets and writes two, so that steps can be told."""
    said = {key_of(fate): facet}
    if fate.level == "dataset":
        return dataset_event(1, ("d", said))
    with_facet = said if place == "facets" else {place: said}
    reads = [("in", with_facet) if fate.level == "input" else "in", "b"]
    writes = [("out", with_facet) if fate.level == "output" else "out", "other"]
    facets, job_facets = (said if fate.level == level else {} for level in ("run", "job"))
    return run_event("A", "COMPLETE", 1, reads, writes, facets=facets, job_facets=job_facets)


def values(graph: Graph, owner: str, name: str) -> list[Any]:
    nodes = [properties for labels, properties in graph.nodes.values() if owner in labels]
    edges = [properties for identity, properties in graph.edges.items() if identity[0] == owner]
    found: list[Properties] = nodes + edges
    return [properties[name] for properties in found if name in properties]


def count(graph: Graph, pattern: str) -> int:
    if pattern.startswith(":"):
        return len(graph.of_label(pattern[1:]))
    source, type_, target = (part.strip("(:)") for part in pattern.replace("]->", "-[:").split("-[:"))
    ends = [(s, t) for (name, s, t, _) in graph.edges if name == type_]
    return sum(source in graph.nodes[s][0] and target in graph.nodes[t][0] for s, t in ends)


CASES = [(fate, place) for fate in ROWS for place in places(fate)]


@pytest.mark.parametrize(("fate", "place"), CASES, ids=name_of)
def test_a_facet_becomes_what_the_table_says(fate: Fate, place: str) -> None:
    facet, graph = example(fate).facet, graph_of(event(fate, place, example(fate).facet))
    for entity, expected in example(fate).holds.items():
        if entity[0] in "(:":
            assert count(graph, entity) == expected if expected is not None else count(graph, entity), entity
        else:
            assert expected in values(graph, *entity.split(".")), entity
    kept = [json.loads(p["json"]) for p in graph.of_label("Facet").values() if p["name"] == key_of(fate)]
    assert kept == ([facet] if is_kept(fate, place, facet) else [])


def is_kept(fate: Fate, place: str, facet: Any) -> bool:
    """Return whether a facet is kept; of what is found among the facets of a dataset, only what is no run's alone."""
    if place != "facets" or fate.level not in ("input", "output"):
        return fate.keeps(facet)
    return fate_of("dataset", fate.key).keeps(facet) if fate.also_of_dataset else fate.keeps(facet) > fate.projected


OF_RUNS = {fate.key for fate in FATES if fate.also_of_dataset}
"""Facets of a dataset that are projected where a run says them of an input or output, and have their examples there."""


@pytest.mark.parametrize("fate", [f for f in FATES if f.level != "dataset" or f.key not in OF_RUNS], ids=name_of)
def test_each_field_of_the_table_is_shown_by_an_example(fate: Fate) -> None:
    assert {*fate.into.values()} <= {*example(fate).holds}


def test_examples_are_of_facets_in_the_table() -> None:
    keys: set[Key] = {(fate.level, fate.key) for fate in FATES}
    assert EXAMPLES.keys() <= keys


MALFORMED = [(fate, place) for fate, place in CASES if example(fate).malformed is not None]


@pytest.mark.parametrize(("fate", "place"), MALFORMED, ids=name_of)
def test_a_malformed_facet_is_left_out_with_a_warning_that_names_it(fate: Fate, place: str) -> None:
    good, bad = event(fate, place, None), event(fate, place, example(fate).malformed)
    memory = MemoryGraph()
    warnings = apply(memory, [bad])[bad.id]
    assert any(fate.key in warning for warning in warnings)
    without = MemoryGraph()
    apply(without, [good])
    assert memory.graph.nodes.keys() == without.graph.nodes.keys()
    assert {i[:3] for i in memory.graph.edges} == {i[:3] for i in without.graph.edges}
