"""Column lineage: a register per job and output dataset, whose edges end when a later facet no longer says them."""

from collections.abc import Iterable
from dataclasses import dataclass

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import column_key, dataset_key
from headwater_graph.vocabulary import OPEN_END

from tests.reference.graph import Graph
from tests.reference.reading import (
    Facet,
    Mention,
    Token,
    entries,
    facet,
    is_deleted,
    is_named,
    items,
    job_of,
    mentions,
    text,
)
from tests.reference.registers import is_malformed

Column = tuple[str, str, str]
Way = tuple[str, str, bool]
"""Type, subtype and masking of a transformation."""


@dataclass(frozen=True)
class Edge:
    """One statement that a column comes from another."""

    source: Column
    target: Column
    way: Way


@dataclass(frozen=True)
class Occurrence:
    """One columnLineage facet where it was said."""

    token: Token
    edges: frozenset[Edge]


def add_columns(graph: Graph, events: list[Event]) -> None:
    """Add columns and what derives from what."""
    said = [(_job(m.event), m) for event in events for m in mentions(event) if m.role != "input"]
    for job, dataset in {(job, m.key) for job, m in said}:
        _add_register(graph, job, [m for j, m in said if (j, m.key) == (job, dataset)])


def _job(event: Event) -> str | None:
    return None if event.kind is EventKind.DATASET else job_of(event)


def _add_register(graph: Graph, job: str | None, said: Iterable[Mention]) -> None:
    occurrences = [o for mention in said if (o := _occurrence(mention)) is not None]
    for edge in {edge for o in occurrences for edge in o.edges}:
        kind, subtype, masking = edge.way
        graph.add_edge(
            "DERIVES",
            _add_column(graph, edge.source),
            _add_column(graph, edge.target),
            f"{job or ''}\x1f{kind}\x1f{subtype}\x1f{masking}",
            job=job,
            type=kind,
            subtype=subtype,
            masking=masking or None,
            firstSeen=min(o.token[0] for o in occurrences if edge in o.edges),
            endedAt=_ended(edge, occurrences),
        )


def _ended(edge: Edge, occurrences: list[Occurrence]) -> str:
    last = max(o.token for o in occurrences if edge in o.edges)
    candidates = [OPEN_END]
    for shape in {o.edges for o in occurrences if edge not in o.edges}:
        tokens = [o.token for o in occurrences if o.edges == shape]
        if max(tokens) > last:
            candidates.append(min(tokens)[0] if min(tokens) > last else max(tokens)[0])
    return min(candidates)


def _add_column(graph: Graph, column: Column) -> str:
    namespace, name, field = column
    key, dataset = column_key(*column), dataset_key(namespace, name)
    graph.add_node(key, namespace=namespace, name=name, field=field, datasetKey=dataset)
    graph.add_edge("HAS_COLUMN", dataset, key)
    return key


def _occurrence(mention: Mention) -> Occurrence | None:
    content = facet(mention.body, "columnLineage")
    if content is None:
        return None
    if is_deleted(content):
        return Occurrence(mention.token, frozenset())
    if is_malformed("columnLineage", content):
        return None
    return Occurrence(mention.token, frozenset(_edges(mention, content)))


def _edges(mention: Mention, content: Facet) -> Iterable[Edge]:
    for name, column in entries(content.get("fields")).items():
        legacy = text(entries(column).get("transformationType"))
        default = ("DIRECT", legacy, legacy == "MASKED") if legacy else ("", "", False)
        for item in items(entries(column).get("inputFields")):
            yield from _ways_in(item, (mention.namespace, mention.name, name), default)
    for item in items(content.get("dataset")):
        yield from _ways_in(item, (mention.namespace, mention.name, "*"), ("", "", False))


def _ways_in(item: Facet, target: Column, default: Way) -> Iterable[Edge]:
    if not is_named(item):
        return
    source = (item["namespace"], item["name"], text(item.get("field")) or "*")
    said = [
        (text(way.get("type")) or "", text(way.get("subtype")) or "", way.get("masking") is True)
        for way in items(item.get("transformations"))
        if isinstance(way, dict)
    ]
    for way in said or [default]:
        yield Edge(source, target, way)
