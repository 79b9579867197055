"""Columns and their lineage.

A columnLineage facet is a register per job and output dataset, whose edges end when a later facet no longer says them;
what a lineage facet says of columns adds up and never ends.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import column_key, dataset_key
from headwater_graph.vocabulary import OPEN_END

from tests.reference.checks import checked_columns
from tests.reference.graph import Graph
from tests.reference.lineage import is_readable
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
    token,
)
from tests.reference.registers import is_malformed
from tests.reference.structure import is_dataset
from tests.reference.tags import tagged_columns

Column = tuple[str, str, str]
Way = tuple[str, str, bool]
"""Type, subtype and masking of a transformation."""
LONGEST = 2_000
"""Characters of a description that an edge shows."""


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
    said: frozenset[tuple[Edge, str]]
    """Each with a description, which may be empty."""

    @property
    def edges(self) -> frozenset[Edge]:
        """Return what is said, however it is described."""
        return frozenset(edge for edge, _ in self.said)

    def description(self, edge: Edge) -> str:
        """Return all that describes an edge, a line each."""
        return "\n".join(sorted(text_ for one, text_ in self.said if one == edge and text_))


def add_columns(graph: Graph, events: list[Event]) -> None:
    """Add columns and what derives from what."""
    for column in {column for event in events for column in _named_columns(event)}:
        _add_column(graph, column)
    said = [(_job(m.event), m) for event in events for m in mentions(event) if m.role != "input"]
    for job, dataset in {(job, m.key) for job, m in said}:
        facets = [o for j, m in said if (j, m.key) == (job, dataset) and (o := _occurrence(m)) is not None]
        for edge in {edge for one in facets for edge in one.edges}:
            _add_edge(graph, edge, job, job or "", facets, _ended(edge, facets))
    told = [(_job(event), one) for event in events for one in _lineage(event)]
    for job in {job for job, _ in told}:
        mine = [one for j, one in told if j == job]
        for edge in {edge for one in mine for edge in one.edges}:
            _add_edge(graph, edge, job, f"{job or ''}\x1flineage", mine, OPEN_END)


def _named_columns(event: Event) -> Iterator[Column]:
    """Yield the columns that tags and checks name."""
    for mention in mentions(event):
        tags = facet(mention.body, "tags")
        names = tagged_columns(tags) if tags is not None and is_readable("tags", tags) else set()
        if event.kind is EventKind.RUN:
            names |= checked_columns(mention)
        yield from ((mention.namespace, mention.name, name) for name in names)


def _job(event: Event) -> str | None:
    return None if event.kind is EventKind.DATASET else job_of(event)


def _add_edge(graph: Graph, edge: Edge, job: str | None, register: str, said: Iterable[Occurrence], ended: str) -> None:
    kind, subtype, masking = edge.way
    graph.add_edge(
        "DERIVES",
        _add_column(graph, edge.source),
        _add_column(graph, edge.target),
        f"{register}\x1f{kind}\x1f{subtype}\x1f{masking}",
        job=job,
        type=kind,
        subtype=subtype,
        masking=masking or None,
        description=max((one.token, one.description(edge)) for one in said if edge in one.edges)[1],
        firstSeen=min(one.token[0] for one in said if edge in one.edges),
        endedAt=ended,
    )


def _ended(edge: Edge, occurrences: list[Occurrence]) -> str:
    last = max(o.token for o in occurrences if edge in o.edges)
    candidates = [OPEN_END]
    for shape in {o.said for o in occurrences if edge not in o.edges}:
        tokens = [o.token for o in occurrences if o.said == shape]
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


def _edges(mention: Mention, content: Facet) -> Iterable[tuple[Edge, str]]:
    for name, column in entries(content.get("fields")).items():
        legacy = text(entries(column).get("transformationType"))
        described = text(entries(column).get("transformationDescription")) or ""
        default = ("DIRECT", legacy, legacy == "MASKED") if legacy else NO_WAY
        for item in items(entries(column).get("inputFields")):
            yield from _ways_in(item, (mention.namespace, mention.name, name), default, described)
    for item in items(content.get("dataset")):
        yield from _ways_in(item, (mention.namespace, mention.name, "*"))


NO_WAY: Way = ("", "", False)


def _ways_in(item: Facet, target: Column, default: Way = NO_WAY, described: str = "") -> Iterable[tuple[Edge, str]]:
    if not is_named(item):
        return
    source = (item["namespace"], item["name"], text(item.get("field")) or "*")
    ways = [way for way in items(item.get("transformations")) if isinstance(way, dict)]
    for way in ways:
        kind = (text(way.get("type")) or "", text(way.get("subtype")) or "", way.get("masking") is True)
        yield Edge(source, target, kind), (text(way.get("description")) or described)[:LONGEST]
    if not ways:
        yield Edge(source, target, default), described[:LONGEST]


def _lineage(event: Event) -> Iterator[Occurrence]:
    """Yield what each readable lineage facet of an event, and each entry of one, says of columns."""
    said: list[tuple[str, str, Facet]] = [
        (m.namespace, m.name, content)
        for m in mentions(event)
        if m.role != "input" and (content := facet(m.body, "lineage")) is not None
    ]
    if event.kind is not EventKind.DATASET:
        job = facet(event.body["job"], "lineage")
        if job is not None and is_readable("lineage", job):
            said += [(e["namespace"], e["name"], e) for e in items(job.get("entries")) if is_dataset(e)]
    for namespace, name, content in said:
        if is_readable("lineage", content):
            yield Occurrence(token(event), frozenset(_lineage_edges(namespace, name, content)))


def _lineage_edges(namespace: str, name: str, content: Facet) -> Iterable[tuple[Edge, str]]:
    for field, column in entries(content.get("fields")).items():
        for item in filter(is_dataset, items(entries(column).get("inputs"))):
            yield from _ways_in(item, (namespace, name, field))
    for item in filter(is_dataset, items(content.get("inputs"))):
        ways = [way for way in items(item.get("transformations")) if isinstance(way, dict)]
        if ways or text(item.get("field")):
            yield from _ways_in(item, (namespace, name, "*"))
