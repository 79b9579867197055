"""Answers about lineage: what stands upstream or downstream of a thing, and whether the answer is whole."""

from collections.abc import Callable, Iterable
from typing import Any, Final

from headwater_graph.errors import QueryTimeout
from headwater_graph.queries import OPEN_END, Queries

from headwater_collector import column_flow, names, node, provenance, subgraph
from headwater_collector.question import Level, Question
from headwater_collector.subgraph import Edge, Reached

Status = Callable[[], tuple[int, int]]
"""Returns the offset of the log up to which the graph is complete, and how many entries it does not hold yet."""

_SPARE: Final = 1_000
_LONGEST: Final = 1_000
_ALIASES: Final = 8


def lineage(queries: Queries, question: Question, status: Status) -> dict[str, Any]:
    """Return the answer as it is sent: the envelope of DESIGN 9, the nodes nearest first, and the edges between them.

    Raises `NotFound` and `BadRequest` where the name means nothing or several things.
    """
    applied, pending = status()
    thing = names.find(queries, question.of)
    level = question.level_for(thing.kind)
    start = names.at_level(queries, thing, level, question.as_of or OPEN_END)
    try:
        body = _walk(queries, question, start.keys, level)
    except QueryTimeout:
        body = {"nodes": [], "edges": [], "stoppedBy": ["time"]}
    if not start.whole:
        body["stoppedBy"] = sorted({*body["stoppedBy"], "limit"})
    return {
        "direction": question.direction,
        "level": level,
        "of": thing.as_json(),
        "resolved": start.resolved,
        "starts": start.keys,
        "depth": question.depth,
        "limit": question.limit,
        "asOf": question.as_of,
        "complete": not body["stoppedBy"],
        "stoppedBy": body["stoppedBy"],
        "hidden": 0,
        "inferred": sum(1 for edge in body["edges"] if edge.get("inferred")),
        "appliedThrough": applied,
        "pending": pending,
        **body,
    }


def _walk(queries: Queries, question: Question, starts: list[str], level: Level) -> dict[str, Any]:
    if level == "column":
        return column_flow.walk(queries, question, starts)
    nodes, reached, found = _reach(queries, question, starts, level)
    cut = subgraph.cut(reached, found, question.depth, question.limit, upstream=question.upstream)
    body: dict[str, Any] = {
        "nodes": [{**nodes[key], "distance": distance} for key, distance in cut.distances.items()],
        "edges": [_edge(edge) for edge in cut.edges],
        "stoppedBy": sorted(cut.stopped_by),
    }
    if level == "run" and question.details:
        body["environments"] = provenance.add(queries, body["nodes"])
    return body


def _reach(
    queries: Queries, question: Question, starts: list[str], level: Level
) -> tuple[dict[str, node.Node], Reached, dict[str, int]]:
    """Run the traversal, again with a wider bound if aliases made the way within the depth longer than thought."""
    most = question.limit * 5 // 4 + _SPARE
    hops = None if question.depth is None else max(2 * question.depth, 1)
    window = question.window() if level == "design" else {}
    while True:
        rows = queries.read(f"{level}_{question.direction}", hops=hops, keys=starts, cap=most, **window)
        nodes, reached = _read(rows, level)
        origin = [*starts, *(step for step, owner in reached.owners.items() if owner in set(starts))]
        found = subgraph.distances(origin, reached.edges, upstream=question.upstream)
        whole = hops is None or question.depth is None or len(reached.nodes) >= most
        if whole or not subgraph.missed(reached, found, question.depth or 0, upstream=question.upstream):
            return nodes, reached, found
        hops = None if hops is None or hops > _LONGEST else 2 * hops + _ALIASES


def _read(rows: dict[str, Any], level: Level) -> tuple[dict[str, node.Node], Reached]:
    if level == "design":
        data, acts = _by_key(node.dataset, rows["datasets"]), _by_key(node.job, rows["jobs"])
        owners = _by_key(node.job, ((row[1], (), *row[2:]) for row in rows["steps"]))
    else:
        data, acts = _by_key(node.version, rows["versions"]), _by_key(node.run, rows["runs"])
        owners = _by_key(node.run, (row[1:] for row in rows["steps"]))
    steps = {row[0]: row[1] for row in rows["steps"]}
    reached = Reached(frozenset([*data, *acts, *steps]), steps, rows["edges"])
    return {**data, **owners, **acts}, reached


def _by_key(make: Callable[..., node.Node], rows: Iterable[Iterable[Any]]) -> dict[str, node.Node]:
    nodes = (make(*row) for row in rows)
    return {found["key"]: found for found in nodes}


def _edge(edge: Edge) -> dict[str, Any]:
    source, target, type_, evidence, *more = edge
    shown = {"source": source, "target": target, "type": type_}
    if evidence is not None:
        shown["evidence"] = evidence
    if more:
        shown |= {
            name: value
            for name, value in zip(("inferred", "namedVersion", "role"), more, strict=True)
            if value is not None and value is not False
        }
    return shown
