"""Reads of a dataset that was written in parts, run by run, and of a part of one that was written as a whole.

A run that reads a table without naming a version reads what stands there, whichever names it was written under: besides
the version that the graph binds the read to, the newest version of each part that was written after that one and before
the run. Nothing of it is in the graph; an answer draws these reads as edges that are inferred, with the evidence
`FOLDED`. The same edges are found from either end.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from headwater_graph.queries import Queries

from headwater_collector.answers import node, part_versions
from headwater_collector.answers.alias_names import Names
from headwater_collector.answers.granularity import Parts
from headwater_collector.answers.subgraph import FOLDED, Edge, Reached

Span = tuple[str | None, str]
"""Times between which a version was written; None is the beginning."""

_MOST: Final = 100_000
_FEW: Final = 8
_ALWAYS: Final = [1 << 60, 0]


@dataclass(slots=True)
class PartReads:
    """The reads of this kind that an answer has met."""

    parts: Parts
    upstream: bool
    found: dict[tuple[str, str], Edge] = field(default_factory=dict)
    """By the keys of the version, and of the run or step that read it."""
    owners: dict[str, str] = field(default_factory=dict)
    """What stands for each version that is folded, by key; known when all was met."""
    cut: bool = False
    """There are more than were looked for."""
    _met: set[str | tuple[str, str]] = field(default_factory=set)
    _parts: int = 0
    _overlaps: dict[Names, list[Names]] = field(default_factory=dict)
    """Datasets that are parts of a dataset, or that it is a part of, by all of its names."""

    def meet(self, queries: Queries, nodes: Mapping[str, node.Node], reached: Reached) -> set[str]:
        """Look for reads that belong to what was reached; return the keys of what they lead to."""
        self._learn(queries, nodes.values())
        far = self._versions_read(queries, nodes, reached) if self.upstream else self._readers(queries, nodes)
        self.cut |= self.parts.cut
        return far

    def fold(self, nodes: Mapping[str, node.Node]) -> dict[str, node.Node]:
        """Fold the versions among these nodes, and return the nodes that stand for them."""
        self.owners, wholes = part_versions.fold(nodes, self.parts)
        return wholes

    def _versions_read(self, queries: Queries, nodes: Mapping[str, node.Node], reached: Reached) -> set[str]:
        reads = [
            edge
            for edge in reached.edges
            if edge[2] == "READ_BY" and is_unnamed(edge) and edge[0] in nodes and (edge[0], edge[1]) not in self._met
        ]
        self._met.update((edge[0], edge[1]) for edge in reads)
        spans: dict[Names, dict[Span, list[Edge]]] = defaultdict(lambda: defaultdict(list))
        for edge in reads:
            version, reader = nodes[edge[0]], nodes[reached.owners.get(edge[1], edge[1])]
            if "at" in reader:
                for other in self._overlaps.get(self.parts.names.of(version["dataset"]), ()):
                    spans[other][version.get("writtenAt"), reader["at"]].append(edge)
        found: set[str] = set()
        for names, span, version_key in self._newest(queries, spans):
            found.add(version_key)
            for edge in spans[names][span]:
                self._add(version_key, edge[1], edge[6])
        return found

    def _newest(self, queries: Queries, spans: Mapping[Names, Mapping[Span, Any]]) -> Iterator[tuple[Names, Span, str]]:
        """Yield the newest version of each dataset within each of its spans of time, where there is one."""
        few = [(names, span, name) for names, of in spans.items() if len(of) <= _FEW for span in of for name in names]
        if few:
            self.cut |= len(few) > _MOST
            wanted = [[name, *span] for _, span, name in few[:_MOST]]
            newest: dict[tuple[Names, Span], tuple[str, str]] = {}
            for index, version, at in queries.read("newest_versions_between", spans=wanted)["found"]:
                where = few[index][:2]
                newest[where] = max(newest.get(where, ("", "")), (node.sortable(at), version))
            yield from ((*where, version) for where, (_, version) in newest.items())
        many = [names for names, of in spans.items() if len(of) > _FEW]
        if many:
            yield from self._newest_of_all(queries, {names: list(spans[names]) for names in many})

    def _newest_of_all(self, queries: Queries, spans: Mapping[Names, list[Span]]) -> Iterator[tuple[Names, Span, str]]:
        """Yield the same from all versions of the datasets: cheaper than to look for each where reads are many."""
        of = [(names, name) for names in spans for name in names]
        wanted = [[name, *_around(spans[names])] for names, name in of]
        rows = queries.read("versions_between", spans=wanted, cap=_MOST)["found"]
        self.cut |= len(rows) >= _MOST
        written: dict[Names, list[tuple[str, str]]] = defaultdict(list)
        for index, version, at in rows:
            written[of[index][0]].append((node.sortable(at), version))
        for names, versions in written.items():
            versions.sort()
            for span in spans[names]:
                newest = bisect_left(versions, (node.sortable(span[1]), "")) - 1
                if newest >= 0 and versions[newest][0] > node.sortable(span[0] or ""):
                    yield names, span, versions[newest][1]

    def _readers(self, queries: Queries, nodes: Mapping[str, node.Node]) -> set[str]:
        fresh = [
            each
            for key, each in nodes.items()
            if each["kind"] == "version" and "writtenAt" in each and not each.get("failed") and key not in self._met
        ]
        self._met.update(each["key"] for each in fresh)
        named = [(each["key"], self.parts.names.of(each["dataset"])) for each in fresh]
        wanted = [[key, names, self._overlaps[names]] for key, names in named if names in self._overlaps]
        rows = queries.read("readings_after", versions=wanted, cap=_MOST)["found"] if wanted else ()
        self.cut |= sum(len(readings) for _, readings in rows) >= _MOST
        readers: set[str] = set()
        for spans, readings in rows:
            for version, reader, role in _within(spans, readings):
                self._add(version, reader, role)
                readers.add(reader)
        return readers

    def _add(self, version: str, reader: str, role: str | None) -> None:
        if len(self.found) >= _MOST:
            self.cut = True
        else:
            self.found[version, reader] = (version, reader, "READ_BY", FOLDED, True, None, role)

    def _learn(self, queries: Queries, nodes: Iterable[node.Node]) -> None:
        """Learn which datasets overlap those that the versions among these nodes are of."""
        self.parts.meet_named(queries, {each["dataset"] for each in nodes if each["kind"] == "version"})
        if self._parts < len(self.parts.owners):
            self._parts, self._overlaps = len(self.parts.owners), _overlaps(self.parts)


def _around(spans: list[Span]) -> Span:
    """Return the least span of time that holds all of these."""
    begin = min((node.sortable(after or "") for after, _ in spans), default="")
    return (f"{begin}Z" if begin else None, max((before for _, before in spans), key=node.sortable))


def is_unnamed(edge: Edge) -> bool:
    """Return whether an edge of the run level is a read whose version the reader did not name."""
    return bool(edge[4]) and edge[5] is None


def _overlaps(parts: Parts) -> dict[Names, list[Names]]:
    found: dict[Names, dict[Names, None]] = defaultdict(dict)
    for one, other in parts.containments():
        found[one][other] = found[other][one] = None
    return {one: list(others) for one, others in found.items()}


def _within(spans: Iterable[list[Any]], readings: list[list[Any]]) -> Iterator[tuple[str, str, str | None]]:
    """Yield version, reader and role of the readings that began after a version was written, up to the next one."""
    readings = sorted(readings, key=lambda reading: reading[2])
    begun = [reading[2] for reading in readings]
    for version, written, until in spans:
        first = bisect_left(begun, [written[0], written[1] + 1])
        last = bisect_left(begun, [until[0], until[1] + 1] if until[0] is not None else _ALWAYS)
        for reader, role, _ in readings[first:last]:
            yield version, reader, role
