"""Each field of each facet that OpenLineage declares is found again: in properties of the graph, or in a kept facet.

One that is not of its type is found again, too, or a warning on the event names it.
"""

import json
from collections.abc import Callable, Iterator

import pytest
from headwater_collector.event import Event
from headwater_collector.projection.unread import warnings_on

from tests.compatibility.fields import Field, Json, fields
from tests.compatibility.misfits import Misfit, missing, of_other_types, says_anything
from tests.docs.test_facets import specification
from tests.reference.graph import Graph
from tests.reference.scenario import dataset_event, graph_of, job_event, run_event

Way = Callable[[str, Json], Event]
"""Makes an event that says a facet by its key."""

_OF_RUNS: dict[str, Way] = {
    "run": lambda key, facet: run_event("A", "COMPLETE", 1, facets={key: facet}),
    "job": lambda key, facet: run_event("A", "COMPLETE", 1, job_facets={key: facet}),
    "input": lambda key, facet: run_event("A", "COMPLETE", 1, [("d", {"inputFacets": {key: facet}})]),
    "output": lambda key, facet: run_event("A", "COMPLETE", 1, ["s"], [("d", {"outputFacets": {key: facet}})]),
}
_MORE: dict[str, dict[str, Way]] = {
    "job": {"JobEvent": lambda key, facet: job_event(1, job_facets={key: facet})},
    "input": {"JobEvent": lambda key, facet: job_event(1, [("d", {"inputFacets": {key: facet}})])},
    "output": {"JobEvent": lambda key, facet: job_event(1, ["s"], [("d", {"outputFacets": {key: facet}})])},
    "dataset": {
        "DatasetEvent": lambda key, facet: dataset_event(1, ("d", {key: facet})),
        "RunEvent's input": lambda key, facet: run_event("A", "COMPLETE", 1, [("d", {key: facet})]),
        "RunEvent's output": lambda key, facet: run_event("A", "COMPLETE", 1, ["s"], [("d", {key: facet})]),
        "JobEvent's input": lambda key, facet: job_event(1, [("d", {key: facet})]),
        "JobEvent's output": lambda key, facet: job_event(1, ["s"], [("d", {key: facet})]),
    },
}


def cases() -> Iterator[tuple[Field, str, Way]]:
    root = specification()
    for field in fields(root) if root else ():
        ways = {"RunEvent": _OF_RUNS[field.level]} if field.level in _OF_RUNS else {}
        for place, way in {**ways, **_MORE.get(field.level, {})}.items():
            yield field, place, way


CASES = [*cases()]
absent = pytest.mark.skip(reason="the specification's schemas are not here (HEADWATER_SPEC)")


def shown(graph: Graph) -> str:
    nodes = [properties for _, properties in graph.nodes.values()]
    return json.dumps([*nodes, *graph.edges.values()], sort_keys=True, default=str)


each_field = pytest.mark.parametrize(
    ("field", "way"),
    [pytest.param(field, way, id=f"{field.name} {place}") for field, place, way in CASES]
    or [pytest.param(None, None, marks=absent)],
)


@each_field
def test_a_field_is_found_again(field: Field, way: Way) -> None:
    event = way(field.key, field.facet)
    assert warnings_on(event) == []
    found = shown(graph_of(event))
    if field.shown:
        assert field.shown in found
    assert found != shown(graph_of(way(field.key, field.other)))


@each_field
def test_what_a_field_of_another_type_says_is_found_or_told(field: Field, way: Way) -> None:
    for misfit in of_other_types(field):
        event = way(field.key, misfit.facet)
        if not is_told(field, misfit, event):
            found = shown(graph_of(event))
            assert all(text in found for text in misfit.shown), misfit
            assert not misfit.other or found != shown(graph_of(way(field.key, misfit.other))), misfit


@each_field
def test_what_is_said_beside_a_missing_field_is_found_or_told(field: Field, way: Way) -> None:
    without, null = (way(field.key, misfit.facet) for misfit in missing(field))
    for misfit, event in zip(missing(field), (without, null), strict=True):
        if not is_told(field, misfit, event):
            found = shown(graph_of(event))
            assert all(text in found for text in misfit.shown), misfit
    assert warnings_on(without) == warnings_on(null)
    assert not warnings_on(without) or says_anything(missing(field)[0].facet)


def is_told(field: Field, misfit: Misfit, event: Event) -> bool:
    """Return whether a facet is kept whole, or a warning names it and its field."""
    facets = graph_of(event).of_label("Facet").values()
    kept = any(json.loads(properties["json"]) == misfit.facet for properties in facets)
    return kept or any(field.key in warning and misfit.told in warning for warning in warnings_on(event))


def test_the_fields_are_those_of_all_facets() -> None:
    if not CASES:
        pytest.skip("the specification's schemas are not here (HEADWATER_SPEC)")
    assert len({field.schema for field, *_ in CASES}) >= 44
    assert len({(field.schema, field.path) for field, *_ in CASES}) >= 350
