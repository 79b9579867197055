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

from headwater_graph.keys import is_whole
from headwater_graph.queries import Queries

from headwater_collector.answers import node, part_versions
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
    _overlaps: dict[str, list[str]] = field(default_factory=dict)
    """Keys of datasets that are parts of a dataset, or that it is a part of, by its key."""

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
        spans: dict[str, dict[Span, list[Edge]]] = defaultdict(lambda: defaultdict(list))
        for edge in reads:
            version, reader = nodes[edge[0]], nodes[reached.owners.get(edge[1], edge[1])]
            if "at" in reader:
                for other in self._overlaps.get(version["dataset"], ()):
                    spans[other][version.get("writtenAt"), reader["at"]].append(edge)
        found: set[str] = set()
        for dataset, span, version_key in self._newest(queries, spans):
            found.add(version_key)
            for edge in spans[dataset][span]:
                self._add(version_key, edge[1], edge[6])
        return found

    def _newest(self, queries: Queries, spans: Mapping[str, Mapping[Span, Any]]) -> Iterator[tuple[str, Span, str]]:
        """Yield the newest version of each dataset within each of its spans of time, where there is one."""
        few = [(dataset, span) for dataset, of in spans.items() if len(of) <= _FEW for span in of]
        if few:
            self.cut |= len(few) > _MOST
            wanted = [[dataset, *span] for dataset, span in few[:_MOST]]
            for index, version in queries.read("newest_versions_between", spans=wanted)["found"]:
                yield *few[index], version
        many = [dataset for dataset, of in spans.items() if len(of) > _FEW]
        if many:
            yield from self._newest_of_all(queries, {dataset: list(spans[dataset]) for dataset in many})

    def _newest_of_all(self, queries: Queries, spans: Mapping[str, list[Span]]) -> Iterator[tuple[str, Span, str]]:
        """Yield the same from all versions of the datasets: cheaper than to look for each where reads are many."""
        wanted = [[dataset, *_around(of)] for dataset, of in spans.items()]
        rows = queries.read("versions_between", spans=wanted, cap=_MOST)["found"]
        self.cut |= len(rows) >= _MOST
        written: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for index, version, at in rows:
            written[wanted[index][0]].append((node.sortable(at), version))
        for dataset, versions in written.items():
            versions.sort()
            for span in spans[dataset]:
                newest = bisect_left(versions, (node.sortable(span[1]), "")) - 1
                if newest >= 0 and versions[newest][0] > node.sortable(span[0] or ""):
                    yield dataset, span, versions[newest][1]

    def _readers(self, queries: Queries, nodes: Mapping[str, node.Node]) -> set[str]:
        fresh = [
            each
            for key, each in nodes.items()
            if each["kind"] == "version" and "writtenAt" in each and not each.get("failed") and key not in self._met
        ]
        self._met.update(each["key"] for each in fresh)
        wanted = [[each["key"], self._overlaps[each["dataset"]]] for each in fresh if each["dataset"] in self._overlaps]
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
        of = {each["dataset"]: each for each in nodes if each["kind"] == "version" and is_whole(each["dataset"])}
        if self.parts.meet(queries, map(node.dataset_of, of.values())):
            while self.parts.meet(queries, list(self.parts.wholes.values())):
                pass
        if self._parts < len(self.parts.owners):
            self._parts, self._overlaps = len(self.parts.owners), dict(_overlaps(self.parts.owners))


def _around(spans: list[Span]) -> Span:
    """Return the least span of time that holds all of these."""
    begin = min((node.sortable(after or "") for after, _ in spans), default="")
    return (f"{begin}Z" if begin else None, max((before for _, before in spans), key=node.sortable))


def is_unnamed(edge: Edge) -> bool:
    """Return whether an edge of the run level is a read whose version the reader did not name."""
    return bool(edge[4]) and edge[5] is None


def _overlaps(owners: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    parts: dict[str, list[str]] = defaultdict(list)
    nested: dict[str, list[str]] = defaultdict(list)
    for part, whole in owners.items():
        if whole not in owners:
            parts[whole].append(part)
            for above in _directories(part):
                if owners.get(above) == whole:
                    nested[part].append(above)
                    nested[above].append(part)
    for whole, found in parts.items():
        yield whole, found
        for part in found:
            yield part, [whole, *nested[part]]


def _directories(key: str) -> Iterator[str]:
    at = key.rfind("/")
    while at > 0:
        yield key[:at]
        at = key.rfind("/", 0, at)


def _within(spans: Iterable[list[Any]], readings: list[list[Any]]) -> Iterator[tuple[str, str, str | None]]:
    """Yield version, reader and role of the readings that began after a version was written, up to the next one."""
    readings = sorted(readings, key=lambda reading: reading[2])
    begun = [reading[2] for reading in readings]
    for version, written, until in spans:
        first = bisect_left(begun, [written[0], written[1] + 1])
        last = bisect_left(begun, [until[0], until[1] + 1] if until[0] is not None else _ALWAYS)
        for reader, role, _ in readings[first:last]:
            yield version, reader, role
