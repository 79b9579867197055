"""What the database returns, as values that JSON knows: times as ISO 8601 text, nodes and relationships as maps."""

from collections.abc import Mapping
from typing import Any

from neo4j.graph import Node, Path, Relationship
from neo4j.spatial import Point
from neo4j.time import Date, DateTime, Duration, Time

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]


def plain(value: Any) -> Plain:
    """Return the value as JSON has it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, Node):
        return {"labels": list[Plain](sorted(value.labels)), "properties": _map(value)}
    if isinstance(value, Relationship):
        return _relationship(value)
    if isinstance(value, Path):
        return {
            "nodes": [plain(node) for node in value.nodes],
            "relationships": [plain(r) for r in value.relationships],
        }
    if isinstance(value, Point):
        return {"srid": value.srid, "coordinates": [float(number) for number in value]}
    if isinstance(value, Mapping):
        return _map(value)
    if isinstance(value, list | tuple) and not isinstance(value, Duration):
        return [plain(item) for item in value]
    if isinstance(value, Date | DateTime | Duration | Time):
        return value.iso_format()
    return value.hex() if isinstance(value, bytes | bytearray) else str(value)


def _map(value: Mapping[str, Any]) -> dict[str, Plain]:
    return {str(name): plain(item) for name, item in value.items()}


def _relationship(value: Relationship) -> Plain:
    # The database sends no properties of ends that the statement does not return as well.
    ends = [None if node is None else str(node.get("key", node.element_id)) for node in value.nodes]
    return {"type": value.type, "from": ends[0], "to": ends[1], "properties": _map(value)}
