"""The part of a graph that a traversal reached: distances in dataset hops, cuts by depth and size, steps folded. Pure.

A data node (dataset, dataset version) is one hop further than the data node that it was reached from, however many
relationships lie between; an alias is no hop. A job or run counts as far as the data nodes behind it, and 0 where the
traversal starts at it.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from headwater_graph.keys import kind_of
from headwater_graph.vocabulary import EVIDENCE

ALIAS: Final = "ALIAS_OF"

_DATA: Final = frozenset({"dataset", "version"})
_STRENGTH: Final = {evidence: rank for rank, evidence in enumerate(EVIDENCE)}

Edge = Sequence[Any]
"""Source key, target key, type, evidence, and what else the statement returns of it."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What a statement found: the keys of the nodes, the owners of those that are steps, and the edges."""

    nodes: frozenset[str]
    owners: Mapping[str, str]
    edges: Sequence[Edge]


@dataclass(frozen=True, slots=True)
class Cut:
    """What is left of it for the answer."""

    distances: dict[str, int]
    """By key, nearest first; steps are folded into their owners."""
    edges: list[Edge]
    stopped_by: set[str] = field(default_factory=set)


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
        for far, alias in onward.get(near, ()):
            hop = _hop(near, far, alias=alias, at_origin=near in origin)
            if found.get(far, distance + hop + 1) > distance + hop:
                found[far] = distance + hop
                (queue.append if hop else queue.appendleft)((far, distance + hop))
    return found


def _onward(edges: Iterable[Edge], *, upstream: bool) -> dict[str, list[tuple[str, bool]]]:
    onward: dict[str, list[tuple[str, bool]]] = {}
    for source, target, type_, *_ in edges:
        near, far = (target, source) if upstream else (source, target)
        onward.setdefault(near, []).append((far, type_ == ALIAS))
    return onward


def _hop(near: str, far: str, *, alias: bool, at_origin: bool) -> int:
    """Return the length of one edge: into a job or run it counts, out of it only where the traversal started there."""
    if alias:
        return 0
    if kind_of(far) in _DATA and kind_of(near) not in _DATA:
        return 1 if at_origin else 0
    return 1


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
