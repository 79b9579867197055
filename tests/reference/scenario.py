"""Small stories told in code: events in a line each, and a graph told in lines."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from headwater_collector.event import Event
from headwater_collector.parse import parse_event
from headwater_collector.projection.projector import apply
from headwater_graph.keys import kind_of

from tests.reference.graph import Graph, Identity, Properties, differences
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph

Facets = Mapping[str, Any]
Named = str | tuple[str, Facets]
"""A dataset by its name, or with facets; a member ``inputFacets`` or ``outputFacets`` of them stands beside them."""

RUNS = {name: f"01900000-0000-7000-8000-00000000000{name.lower()}" for name in "ABCDEF"}


def clock(minute: float) -> str:
    """Return a time as events say it, to the millisecond."""
    return f"2026-01-01T00:{int(minute):02}:{minute % 1 * 60:06.3f}Z"


def moment(minute: float) -> str:
    """Return a time as the graph holds it."""
    return f"{clock(minute)[:-1]}000000Z"


def run_event(
    run: str,
    type_: str,
    minute: float,
    reads: Sequence[Named] = (),
    writes: Sequence[Named] = (),
    *,
    job: str = "job",
    facets: Facets | None = None,
    job_facets: Facets | None = None,
) -> Event:
    """Return a RunEvent of one of the runs A to F."""
    body = {
        "eventType": type_,
        "eventTime": clock(minute),
        "run": {"runId": RUNS.get(run, run), "facets": facets or {}},
        "job": {"namespace": "n", "name": job, "facets": job_facets or {}},
        "inputs": [dataset(one) for one in reads],
        "outputs": [dataset(one) for one in writes],
    }
    return parse_event(json.dumps(body).encode())


def job_event(
    minute: int,
    reads: Sequence[Named] = (),
    writes: Sequence[Named] = (),
    *,
    job: str = "job",
    job_facets: Facets | None = None,
) -> Event:
    """Return a JobEvent."""
    body = {
        "eventTime": clock(minute),
        "job": {"namespace": "n", "name": job, "facets": job_facets or {}},
        "inputs": [dataset(one) for one in reads],
        "outputs": [dataset(one) for one in writes],
    }
    return parse_event(json.dumps(body).encode())


def dataset_event(minute: int, named: Named) -> Event:
    """Return a DatasetEvent."""
    return parse_event(json.dumps({"eventTime": clock(minute), "dataset": dataset(named)}).encode())


def dataset(named: Named) -> dict[str, Any]:
    """Return a dataset of an event."""
    name, facets = (named, {}) if isinstance(named, str) else named
    beside = {place: facets[place] for place in ("inputFacets", "outputFacets") if place in facets}
    return {"namespace": "n", "name": name, "facets": {k: f for k, f in facets.items() if k not in beside}, **beside}


def version(name: str | int) -> Facets:
    """Return facets with a version facet."""
    return {"version": {"datasetVersion": name}}


def links(*names: str) -> Facets:
    """Return facets with symlinks to these names."""
    return {"symlinks": {"identifiers": [{"namespace": "n", "name": name, "type": "TABLE"} for name in names]}}


def renamed(before: str) -> Facets:
    """Return facets that tell what a dataset was called before."""
    was = {"namespace": "n", "name": before}
    return {"lifecycleStateChange": {"lifecycleStateChange": "RENAME", "previousIdentifier": was}}


def columns(**outputs: str) -> Facets:
    """Return facets with column lineage, e.g. ``columns(total="orders.amount rates.rate")``."""
    return {"columnLineage": {"fields": {out: {"inputFields": _fields(said)} for out, said in outputs.items()}}}


def _fields(said: str) -> list[dict[str, str]]:
    pairs = (one.partition(".") for one in said.split())
    return [{"namespace": "n", "name": name, "field": field} for name, _, field in pairs]


def graph_of(*events: Event) -> Graph:
    """Return the model's graph of the events, having seen that the projector makes the same of them, also backwards."""
    model = expected_graph(events)
    for order in (list(events), list(reversed(events))):
        memory = MemoryGraph()
        for event in order:
            apply(memory, [event])
        assert differences(model, memory.graph) == []
    return model


def edges(graph: Graph, *types: str) -> set[str]:
    """Return edges of these types as lines, e.g. ``a@A -READ_BY-> run B``."""
    return {_line(graph, identity) for identity in graph.edges if identity[0] in types}


def edge(graph: Graph, line: str) -> Properties:
    """Return the properties of the one edge with this line."""
    (found,) = [properties for identity, properties in graph.edges.items() if _line(graph, identity) == line]
    return found


def node(graph: Graph, name: str) -> Properties:
    """Return the properties of the one node with this name, as lines show it."""
    (found,) = [properties for key, (_, properties) in graph.nodes.items() if _name(graph, key) == name]
    return found


def names(graph: Graph, label: str) -> set[str]:
    """Return the names of the nodes with this label, as lines show them."""
    return {_name(graph, key) for key in graph.of_label(label)}


def _line(graph: Graph, identity: Identity) -> str:
    type_, source, target, _ = identity
    return f"{_name(graph, source)} -{type_}-> {_name(graph, target)}"


def _name(graph: Graph, key: str) -> str:
    properties = graph.nodes[key][1]
    match kind_of(key):
        case "dataset":
            return str(properties["name"])
        case "job":
            return f"job {properties['name']}"
        case "run":
            return f"run {_letter(key)}"
        case "column":
            return f"{properties['name']}.{properties['field']}"
        case "version":
            owner = graph.nodes[properties["datasetKey"]][1]["name"]
            by = properties.get("version") or ("?" if properties["source"] == "UNKNOWN" else "") + _letter(key)
            return f"{owner}@{by}"
        case "runstep" | "jobstep" | "datasetstep":
            (owner_key,) = graph.sources("HAS_STEP", key)
            outputs = graph.targets("WROTE", key) | graph.targets("PRODUCES", key)
            return f"{_name(graph, owner_key)}/{'+'.join(sorted(_name(graph, o).partition('@')[0] for o in outputs))}"
        case kind:
            return f"{kind} {properties.get('tag') or properties.get('name', '')}".strip()


def _letter(key: str) -> str:
    return next((letter for letter, run_id in RUNS.items() if run_id in key), key)
