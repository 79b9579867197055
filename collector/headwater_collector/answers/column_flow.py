"""Column lineage, walked hop by hop.

Dataset-wide lineage hangs on the column ``*``: what feeds ``*`` feeds every column of the dataset, and what derives
from ``*`` derives from every column. So each hop leads from the columns reached to those beside them (``*``, and the
same column under the dataset's other names), which costs no distance, and then along DERIVES. No fixed pattern says
that, and each hop is one statement over all columns reached by the one before: the whole is linear in what is reached.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from headwater_graph.queries import Queries

from headwater_collector.answers import node
from headwater_collector.answers.granularity import Parts
from headwater_collector.answers.part_columns import PartColumns, Row
from headwater_collector.answers.question import Question
from headwater_collector.answers.subgraph import ALIAS

BESIDE: Final = "BESIDE"
"""Type of an edge that is not in the graph as one: between a column and the * that covers it."""


def walk(queries: Queries, question: Question, starts: Iterable[str], parts: Parts | None) -> dict[str, Any]:
    """Return starts, nodes, edges and stoppedBy of an answer at column level; with parts it folds columns of parts."""
    columns = PartColumns(parts)
    found = queries.read("by_keys", keys=sorted(set(starts)))["found"]
    said = ("namespace", "name", "field", "datasetKey")
    frontier = _by_key(columns.fold(queries, ([key, *(of[name] for name in said)] for key, _, of in found)))
    begun = list(frontier)
    nodes: dict[str, node.Node] = {}
    edges: dict[tuple[Any, ...], dict[str, Any]] = {}
    stopped: set[str] = set()
    walked, distance = set[str](), 0
    while frontier:
        walked |= frontier.keys()
        step = _step(queries, question, columns, frontier)
        _add(nodes, columns, step.near, distance)
        edges.update((_identity(edge), edge) for edge in step.joins)
        far = [row for row in step.far if row[0] not in walked]
        if far and distance == question.depth:
            stopped.add("depth")
        else:
            _add(nodes, columns, step.far, distance + 1)
            edges.update((_identity(edge), edge) for edge in step.flows)
        if len(nodes) > question.limit or stopped:
            break
        frontier, distance = _by_key(far), distance + 1
    if parts and parts.cut:
        stopped.add("limit")
    return {"starts": begun, **_within(question.limit, nodes, edges.values(), stopped)}


@dataclass(frozen=True, slots=True)
class _Step:
    """What one statement found, as it is shown."""

    near: list[Row]
    joins: list[dict[str, Any]]
    far: list[Row]
    flows: list[dict[str, Any]]


def _step(queries: Queries, question: Question, columns: PartColumns, frontier: Mapping[str, Row]) -> _Step:
    rows = queries.read(f"column_{question.direction}", asked=columns.asked(frontier.values()), **question.window())
    raw_far = rows["sources" if question.upstream else "targets"]
    near, far = columns.fold(queries, rows["columns"]), columns.fold(queries, raw_far)
    shown = {raw[0]: row[0] for raw, row in zip([*rows["columns"], *raw_far], [*near, *far], strict=True)}
    derived = [
        [shown[source], shown[target], *said]
        for source, target, *said in rows["edges"]
        if source == target or shown[source] != shown[target]
    ]
    leading = {edge[1 if question.upstream else 0] for edge in derived}
    led_to = {edge[0 if question.upstream else 1] for edge in derived}
    beside = list(_beside(columns, frontier, near, leading, upstream=question.upstream))
    return _Step(
        [row for row, _ in beside],
        [join for _, joins in beside for join in joins],
        [row for row in far if row[0] in led_to],
        [_derives(edge) for edge in derived],
    )


def _by_key(rows: Iterable[Row]) -> dict[str, Row]:
    return {row[0]: row for row in sorted(rows)}


def _within(
    limit: int, nodes: dict[str, node.Node], edges: Iterable[dict[str, Any]], stopped: set[str]
) -> dict[str, Any]:
    if len(nodes) > limit:
        stopped.add("limit")
        nodes = dict(list(nodes.items())[:limit])
    kept = [edge for edge in edges if edge["source"] in nodes and edge["target"] in nodes]
    return {"nodes": list(nodes.values()), "edges": kept, "stoppedBy": sorted(stopped)}


def _add(nodes: dict[str, node.Node], columns: PartColumns, rows: Iterable[Row], distance: int) -> None:
    for row in rows:
        if row[0] not in nodes:
            nodes[row[0]] = {**columns.node(row), "distance": distance}


def _derives(row: list[Any]) -> dict[str, Any]:
    source, target, job, type_, subtype, masking, description = row
    edge = {"source": source, "target": target, "type": "DERIVES", "job": job, "transformation": type_}
    edge |= {"subtype": subtype, "masking": masking, "description": description}
    return {name: value for name, value in edge.items() if value is not None}


def _identity(edge: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(edge.items())


def _beside(
    columns: PartColumns, frontier: Mapping[str, Row], near: Iterable[Row], leading: set[str], *, upstream: bool
) -> Iterator[tuple[Row, list[dict[str, Any]]]]:
    """Yield the columns asked for and those beside them that lead on, with the edges that join these to the former."""
    by_dataset: dict[str, list[tuple[str, str]]] = {}
    for key, _, _, field, dataset, *_ in frontier.values():
        for member in columns.members(dataset):
            by_dataset.setdefault(member, []).append((key, field))
    for row in near:
        joins = [
            {"source": row[0], "target": asked, "type": type_}
            if upstream
            else {"source": asked, "target": row[0], "type": type_}
            for dataset in row[5]
            for asked, field in by_dataset.get(dataset, ())
            for type_ in _join_types(row, asked, field)
        ]
        if row[0] in frontier or row[0] in leading or any(join["type"] == ALIAS for join in joins):
            yield row, joins


def _join_types(row: list[Any], near: str, field: str) -> list[str]:
    if row[0] == near:
        return []
    if row[3] == field:
        return [ALIAS]
    return [BESIDE] if "*" in (row[3], field) else []
