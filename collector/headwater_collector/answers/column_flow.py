"""Column lineage, walked hop by hop.

Dataset-wide lineage hangs on the column ``*``: what feeds ``*`` feeds every column of the dataset, and what derives
from ``*`` derives from every column. So each hop leads from the columns reached to those beside them (``*``, and the
same column under the dataset's other names), which costs no distance, and then along DERIVES. No fixed pattern says
that, and each hop is one statement over all columns reached by the one before: the whole is linear in what is reached.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from headwater_graph.queries import Queries

from headwater_collector.answers import node
from headwater_collector.answers.question import Question
from headwater_collector.answers.subgraph import ALIAS

BESIDE: Final = "BESIDE"
"""Type of an edge that is not in the graph as one: between a column and the * that covers it."""


def walk(queries: Queries, question: Question, starts: Iterable[str]) -> dict[str, Any]:
    """Return nodes, edges and stoppedBy of an answer at column level."""
    far_rows = "sources" if question.upstream else "targets"
    window = question.window()
    nodes: dict[str, node.Node] = {}
    edges: dict[tuple[Any, ...], dict[str, Any]] = {}
    stopped: set[str] = set()
    frontier, walked, distance = sorted(set(starts)), set[str](), 0
    while frontier:
        walked.update(frontier)
        rows = queries.read(f"column_{question.direction}", keys=frontier, **window)
        beside = list(_beside(frontier, rows, upstream=question.upstream))
        _add(nodes, (row for row, _ in beside), distance)
        edges.update((_identity(edge), edge) for _, joins in beside for edge in joins)
        far = [row for row in rows[far_rows] if row[0] not in walked]
        if far and distance == question.depth:
            stopped.add("depth")
        if stopped or len(nodes) > question.limit:
            break
        distance += 1
        _add(nodes, rows[far_rows], distance)
        edges.update((_identity(edge), edge) for edge in map(_derives, rows["edges"]))
        frontier = sorted(row[0] for row in far)
    return _within(question.limit, nodes, edges.values(), stopped)


def _within(
    limit: int, nodes: dict[str, node.Node], edges: Iterable[dict[str, Any]], stopped: set[str]
) -> dict[str, Any]:
    if len(nodes) > limit:
        stopped.add("limit")
        nodes = dict(list(nodes.items())[:limit])
    kept = [edge for edge in edges if edge["source"] in nodes and edge["target"] in nodes]
    return {"nodes": list(nodes.values()), "edges": kept, "stoppedBy": sorted(stopped)}


def _add(nodes: dict[str, node.Node], rows: Iterable[list[Any]], distance: int) -> None:
    for row in rows:
        if row[0] not in nodes:
            nodes[row[0]] = {**node.column(*row[:5]), "distance": distance}


def _derives(row: list[Any]) -> dict[str, Any]:
    source, target, job, type_, subtype, masking = row
    edge = {"source": source, "target": target, "type": "DERIVES", "job": job, "transformation": type_}
    edge |= {"subtype": subtype, "masking": masking}
    return {name: value for name, value in edge.items() if value is not None}


def _identity(edge: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(edge.items())


def _beside(
    frontier: Iterable[str], rows: dict[str, Any], *, upstream: bool
) -> Iterator[tuple[list[Any], list[dict[str, Any]]]]:
    """Yield the columns asked for and those beside them that lead on, with the edges that join these to the former."""
    near_end = 1 if upstream else 0
    leading = {edge[near_end] for edge in rows["edges"]}
    asked = set(frontier)
    by_dataset: dict[str, list[tuple[str, str]]] = {}
    for key, _, _, field, dataset, _ in rows["columns"]:
        if key in asked:
            by_dataset.setdefault(dataset, []).append((key, field))
    for row in rows["columns"]:
        joins = [
            {"source": row[0], "target": near, "type": type_}
            if upstream
            else {"source": near, "target": row[0], "type": type_}
            for dataset in row[5]
            for near, field in by_dataset.get(dataset, ())
            for type_ in _join_types(row, near, field)
        ]
        if row[0] in asked or row[0] in leading or any(join["type"] == ALIAS for join in joins):
            yield row, joins


def _join_types(row: list[Any], near: str, field: str) -> list[str]:
    if row[0] == near:
        return []
    if row[3] == field:
        return [ALIAS]
    return [BESIDE] if "*" in (row[3], field) else []
