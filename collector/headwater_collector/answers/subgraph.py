"""The part of a graph that a traversal reached: distances in dataset hops, cuts by depth and size, steps folded. Pure.

A data node (dataset, dataset version) is one hop further than the data node that it was reached from, however many
relationships lie between; an alias is no hop. A job or run counts as far as the data nodes behind it, and 0 where the
traversal starts at it. From job to job, or from run to run, is one hop.
"""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from headwater_graph.keys import kind_of
from headwater_graph.vocabulary import EVIDENCE

ALIAS: Final = "ALIAS_OF"
PART: Final = "PART_OF"
"""Between a dataset and its parts; not in the graph, but laid over it, see `headwater_collector.answers.folding`."""

FOLDED: Final = "FOLDED"
"""Evidence of a read of a version of another dataset, which is part of what was read, or of which that is part."""

_NO_HOP: Final = frozenset({ALIAS, PART})

_INTO: Final = frozenset({"FEEDS", "READ_BY"})
_OUT_OF: Final = frozenset({"PRODUCES", "WROTE"})
_STRENGTH: Final = {evidence: rank for rank, evidence in enumerate(EVIDENCE)}

Edge = Sequence[Any]
"""Source key, target key, type, evidence, and what else the statement returns of it."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a statement found: the keys of the nodes, the owners of those that are steps, and the edges."""

    nodes: frozenset[str]
    owners: Mapping[str, str]
    edges: Sequence[Edge]

    def with_more(self, more: "Reached") -> "Reached":
        """Return this and what was found besides."""
        if not self.nodes:
            return more
        edges = list({tuple(edge): edge for edge in (*self.edges, *more.edges)}.values())
        return Reached(self.nodes | more.nodes, {**self.owners, **more.owners}, edges)


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of it for the answer."""

    distances: dict[str, int]
    """By key, nearest first; steps are folded into their owners."""
    edges: list[Edge]
    stopped_by: set[str] = field(default_factory=set)


def joins(pairs: Iterable[tuple[str, str]]) -> list[Edge]:
    """Return the edges, both ways, that join each part to its whole, which is no hop."""
    return [(*ends, PART, None) for part, whole in pairs for ends in ((part, whole), (whole, part))]


def distances(starts: Iterable[str], edges: Iterable[Edge], *, upstream: bool) -> dict[str, int]:
    """Return the distance of every node that the edges lead to from the starts, against or along their direction."""
    onward = _onward(edges, upstream=upstream)
    found = dict.fromkeys(starts, 0)
    origin = frozenset(found)
    queue = deque((key, 0) for key in found)
    while queue:
        near, distance = queue.popleft()
        if found[near] < distance:
            continue
        for far, hop in onward.get(near, ()):
            # Out of a job or run is no hop of its own, but where the traversal starts there the first one.
            further = distance + (1 if hop is None and near in origin else hop or 0)
            if found.get(far, further + 1) > further:
                found[far] = further
                (queue.append if further > distance else queue.appendleft)((far, further))
    return found


def _onward(edges: Iterable[Edge], *, upstream: bool) -> dict[str, list[tuple[str, int | None]]]:
    """Return the edges by the node that they lead from, with their length: 1 into a job or run, None out of one."""
    out_of = _INTO if upstream else _OUT_OF
    onward: dict[str, list[tuple[str, int | None]]] = defaultdict(list)
    for source, target, type_, *_ in edges:
        hop = None if type_ in out_of else 0 if type_ in _NO_HOP else 1
        if type_ in _INTO and kind_of(source) in ("job", "run"):  # through data that nobody named
            hop = 1
        if upstream:
            onward[target].append((source, hop))
        else:
            onward[source].append((target, hop))
    return onward


def missed(reached: Reached, found: Mapping[str, int], depth: int, *, upstream: bool) -> bool:
    """Return whether a node within the depth was not reached because the traversal was cut by relationships."""
    far = 0 if upstream else 1
    return any(edge[far] not in reached.nodes and found.get(edge[far], depth + 1) <= depth for edge in reached.edges)


def cut(reached: Reached, found: Mapping[str, int], depth: int | None, limit: int, *, upstream: bool) -> Cut:
    """Return the nodes within the depth, the `limit` nearest of them, and the edges between them."""
    inside = {key for key in reached.nodes if key in found and (depth is None or found[key] <= depth)}
    ends = [_ends(edge, upstream=upstream) for edge in reached.edges]
    stopped = {
        "limit" if depth is None or found.get(far, depth + 1) <= depth else "depth"
        for near, far in ends
        if near in inside and far not in inside
    }
    nearest = _nearest(inside, found, reached.owners)
    if len(nearest) > limit:
        stopped.add("limit")
        nearest = dict(list(nearest.items())[:limit])
    edges = [edge for edge, (near, far) in zip(reached.edges, ends, strict=True) if near in inside and far in inside]
    return Cut(nearest, fold(edges, reached.owners, nearest), stopped)


def _ends(edge: Edge, *, upstream: bool) -> tuple[str, str]:
    return (edge[1], edge[0]) if upstream else (edge[0], edge[1])


def _nearest(inside: Iterable[str], found: Mapping[str, int], owners: Mapping[str, str]) -> dict[str, int]:
    least: dict[str, int] = {}
    for key in inside:
        owner = owners.get(key, key)
        least[owner] = min(found[key], least.get(owner, found[key]))
    return dict(sorted(least.items(), key=lambda item: (item[1], item[0])))


def fold(edges: Iterable[Edge], owners: Mapping[str, str], kept: Mapping[str, int]) -> list[Edge]:
    """Return the edges between kept nodes with steps replaced by their owners, the strongest evidence of equal ones."""
    folded: dict[tuple[str, str, str], Edge] = {}
    for edge in edges:
        source, target = owners.get(edge[0], edge[0]), owners.get(edge[1], edge[1])
        if source not in kept or target not in kept or source == target:
            continue
        known = folded.get((source, target, edge[2]))
        if known is None or _rank(edge) < _rank(known):
            folded[source, target, edge[2]] = (source, target, *edge[2:])
    return list(folded.values())


def _rank(edge: Edge) -> int:
    return _STRENGTH.get(edge[3], len(_STRENGTH))
