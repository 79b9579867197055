"""Answers about lineage: what stands upstream or downstream of a thing, and whether the answer is whole."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, Final

from headwater_graph.errors import QueryTimeout
from headwater_graph.queries import OPEN_END, Queries

from headwater_collector.answers import (
    column_flow,
    granularity,
    names,
    node,
    part_columns,
    provenance,
    starts,
    stated_flows,
    subgraph,
)
from headwater_collector.answers.applications import TOGETHER, Applications
from headwater_collector.answers.folding import Folding
from headwater_collector.answers.granularity import Granularity, Parts
from headwater_collector.answers.layers import Layers
from headwater_collector.answers.part_reads import PartReads
from headwater_collector.answers.question import Level, Question
from headwater_collector.answers.subgraph import Edge, Reached
from headwater_collector.errors import NotFound

Status = Callable[[], tuple[int, int]]
"""Returns the offset of the log up to which the graph is complete, and how many entries it does not hold yet."""

_SPARE: Final = 1_000
_LONGEST: Final = 1_000
_ALIASES: Final = 8


def lineage(queries: Queries, question: Question, status: Status, folding: Folding | None = None) -> dict[str, Any]:
    """Return the answer as it is sent: its envelope, the nodes nearest first, and the edges between them.

    Raises `NotFound` and `BadRequest` where the name means nothing or several things.
    """
    applied, pending = status()
    parts = Parts(folding or Folding())
    thing = _find(queries, question, parts)
    level = question.level_for(thing.kind)
    fine = question.granularity_at(level)
    folded = None if fine == "operation" else parts
    start = starts.at_level(queries, thing, level, question.as_of or OPEN_END, folded, upstream=question.upstream)
    try:
        body = _walk(queries, question, start.keys, level, fine, parts)
    except QueryTimeout:
        body = {"starts": start.keys, "nodes": [], "edges": [], "stoppedBy": ["time"]}
    if not start.whole:
        body["stoppedBy"] = sorted({*body["stoppedBy"], "limit"})
    return {
        "direction": question.direction,
        "level": level,
        "granularity": fine,
        "of": thing.as_json(),
        "resolved": start.resolved,
        "depth": question.depth,
        "limit": question.limit,
        "asOf": question.as_of,
        "complete": not body["stoppedBy"],
        "hidden": 0,
        "inferred": sum(1 for edge in body["edges"] if edge.get("inferred")),
        "appliedThrough": applied,
        "pending": pending,
        **body,
    }


def _find(queries: Queries, question: Question, parts: Parts) -> names.Thing:
    """Return what the question is about; also a dataset, or a column of one, that is known by its parts alone."""
    try:
        return names.find(queries, question.of)
    except NotFound:
        if question.granularity == "operation":
            raise
        whole = parts.named(queries, question.of) or part_columns.named(queries, question.of, parts)
        if whole is None:
            raise
        return whole


def _walk(
    queries: Queries, question: Question, origin: list[str], level: Level, fine: Granularity, parts: Parts
) -> dict[str, Any]:
    if level == "column":
        return column_flow.walk(queries, question, origin, parts if fine != "operation" else None)
    folded = fine != "operation"
    layers = Layers(
        parts if level == "design" and folded else None,
        PartReads(parts, question.upstream) if level == "run" and folded else None,
        Applications(level, question.upstream) if fine == "application" else None,
    )
    nodes, reached, found = _reach(queries, question, origin, level, layers)
    owners = _owners(queries, level, fine, nodes, {**reached.owners, **layers.owners()})
    cut = subgraph.cut(
        replace(reached, owners=owners), found, question.depth, question.limit, upstream=question.upstream
    )
    if layers.cut() or len(nodes) >= _most(question):  # what belongs to the last of them was not looked for
        cut.stopped_by.add("limit")
    if fine == "dataset":
        cut = granularity.datasets_only(cut)
    body: dict[str, Any] = {
        "starts": list(dict.fromkeys(owners.get(key, key) for key in origin)),
        "nodes": [{**nodes[key], "distance": distance} for key, distance in cut.distances.items()],
        "edges": [_edge(edge) for edge in cut.edges],
        "stoppedBy": sorted(cut.stopped_by),
    }
    if level == "run" and question.details:
        body["environments"] = provenance.add(queries, body["nodes"], owners)
    return body


def _most(question: Question) -> int:
    """Return how many nodes are reached at most before they are folded and cut."""
    return question.limit * 5 // 4 + _SPARE


def _owners(
    queries: Queries, level: Level, fine: Granularity, nodes: dict[str, node.Node], owners: dict[str, str]
) -> dict[str, str]:
    """Return what stands for each node that is folded, by its key; of steps, what stands for their owner."""
    if fine == "operation":
        return owners
    if fine == "dataset":  # steps stay apart: each lets through only what it was told to
        return {key: owner for key, owner in owners.items() if granularity.is_data(key)}
    acts = [key for key in nodes if not granularity.is_data(key) and key not in owners]
    one = granularity.same_jobs(queries, acts) if level == "design" else {}
    above = {**one, **owners}
    return {**one, **{key: above.get(owner, owner) for key, owner in owners.items()}}


def _reach(
    queries: Queries, question: Question, origin: list[str], level: Level, layers: Layers
) -> tuple[dict[str, node.Node], Reached, dict[str, int]]:
    """Run the traversal; again with what belongs to what it reached, and where the depth was too near.

    Aliases and layers make the way within a depth longer than the bound in relationships thinks.
    """
    most = _most(question)
    hops = None if question.depth is None else max(2 * question.depth, 1)
    window = question.window() if level == "design" else {}
    seeds = {*origin, *(layers.parts.owners if layers.parts else ())}
    acts: set[str] = set()
    while True:
        nodes, reached, fresh = dict[str, node.Node](), Reached(frozenset(), {}, []), set(seeds)
        while fresh:
            rows = queries.read(f"{level}_{question.direction}", hops=hops, keys=sorted(fresh), cap=most, **window)
            more, further = _read(rows, level)
            nodes, reached = nodes | more, reached.with_more(further)
            acts |= stated_flows.reached_whole(rows["edges"], level, upstream=question.upstream)
            full = len(nodes) >= most
            met = set() if full else layers.meet(queries, nodes, reached) - nodes.keys() - reached.nodes
            fresh = set() if full else (met | acts) - seeds
            seeds |= fresh
        begin = [*origin, *(step for step, owner in reached.owners.items() if owner in set(origin))]
        passed = stated_flows.onward(acts, reached.owners, upstream=question.upstream)
        reached = replace(reached, edges=[*reached.edges, *passed])
        reached = layers.lay(nodes, reached, begin, upstream=question.upstream)
        found = subgraph.distances(begin, reached.edges, upstream=question.upstream)
        whole = hops is None or question.depth is None or len(reached.nodes) >= most
        if whole or not subgraph.missed(reached, found, question.depth or 0, upstream=question.upstream):
            return nodes, reached, found
        hops = None if hops is None or hops > _LONGEST else 2 * hops + _ALIASES


def _read(rows: dict[str, Any], level: Level) -> tuple[dict[str, node.Node], Reached]:
    if level == "design":
        data, acts = _by_key(node.dataset, rows["datasets"]), _by_key(node.job, rows["jobs"])
        owners = _by_key(_owner, (row[1:] for row in rows["steps"]))
    else:
        data, acts = _by_key(node.version, rows["versions"]), _by_key(node.run, rows["runs"])
        owners = _by_key(node.run, (row[1:] for row in rows["steps"]))
    steps = {row[0]: row[1] for row in rows["steps"]}
    edges = [edge[:4] for edge in rows["edges"]] if level == "design" else rows["edges"]
    reached = Reached(frozenset([*data, *acts, *steps]), steps, edges)
    return {**owners, **data, **acts}, reached


def _owner(key: str, namespace: str, name: str, type_: str | None) -> node.Node:
    """Return the owner of a step of the design level: a job, or a dataset that says what it derives from."""
    if granularity.is_data(key):
        return node.dataset(key, (), namespace, name, type_, None)
    return node.job(key, (), namespace, name, type_)


def _by_key(make: Callable[..., node.Node], rows: Iterable[Iterable[Any]]) -> dict[str, node.Node]:
    nodes = (make(*row) for row in rows)
    return {found["key"]: found for found in nodes}


def _edge(edge: Edge) -> dict[str, Any]:
    source, target, type_, evidence, *more = edge
    shown = {"source": source, "target": target, "type": type_}
    if evidence is not None:
        shown["evidence"] = evidence
    if evidence == TOGETHER:
        shown["inferred"] = True
    if more:
        shown |= {
            name: value
            for name, value in zip(("inferred", "namedVersion", "role"), more, strict=True)
            if value is not None and value is not False
        }
    return shown
