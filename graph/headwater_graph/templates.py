"""The statements that write nodes and relationships, made from templates and the vocabulary.

A statement for every pair of labels would be the same text some eighty times. Only names of the closed vocabulary are
filled in, never a value. Rows are lists and not maps: names in every row would be a third of what is sent.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from headwater_graph.change import Edge
from headwater_graph.statements import statement
from headwater_graph.vocabulary import LABELS, RELATIONSHIPS, Property

_LABELS = {label.name: label for label in LABELS}
_TYPES = {relationship.name: relationship for relationship in RELATIONSHIPS}


@cache
def write_nodes(label: str, extra: tuple[str, ...]) -> str:
    """Return the statement that writes nodes of a label with exactly these extra labels; a row is a `node_row`."""
    found = _assignments("n", _LABELS[label].properties, 1)
    return _filled("write/nodes", LABEL=label, ASSIGNMENTS=f"SET {found}" if found else "", **_extra(label, extra))


@cache
def write_edges(type_: str, source: str, target: str, names: tuple[str, ...] | None = None) -> str:
    """Return the statement that writes relationships of a type between two labels.

    With names: only these properties, of relationships that are there. A row is an `edge_row`.
    """
    found = _assignments("r", _properties(type_, names), 3)
    clause = "MERGE" if names is None else "MATCH"
    return _edges("write/edges", type_, source, target, CLAUSE=clause, ASSIGNMENTS=f"SET {found}" if found else "")


def node_row(label: str, key: str, properties: Mapping[str, Any]) -> list[Any]:
    """Return a node as `write_nodes` takes it: its key, then all properties of its label."""
    return [key, *map(properties.get, _names_of_label(label))]


def edge_row(edge: Edge, names: tuple[str, ...] | None = None) -> list[Any]:
    """Return a relationship as `write_edges` takes it: the keys of its ends, its id, then these properties or all."""
    return [edge.source, edge.target, edge.id, *map(edge.properties.get, _names_of_type(edge.type, names))]


@cache
def remove_edges(type_: str, source: str, target: str) -> str:
    """Return the statement that removes relationships of a type between two labels."""
    return _edges("write/remove_edges", type_, source, target)


@cache
def remove_nodes(label: str) -> str:
    """Return the statement that removes nodes of a label."""
    return _filled("write/remove_nodes", LABEL=_LABELS[label].name)


@cache
def remove_orphans(label: str) -> str:
    """Return the statement that removes those nodes of a label that nothing refers to."""
    return _filled("write/remove_orphans", LABEL=_LABELS[label].name)


@cache
def set_version_labels(extra: tuple[str, ...]) -> str:
    """Return the statement that gives all versions of datasets exactly these extra labels."""
    return _filled("write/version_labels", **_extra("DatasetVersion", extra))


def _extra(label: str, extra: tuple[str, ...]) -> dict[str, str]:
    known = _LABELS[label].extra_labels
    added = [name for name in known if name in extra]
    removed = [name for name in known if name not in extra]
    return {
        "REMOVED": f"REMOVE n:{':'.join(removed)}" if removed else "",
        "ADDED": f"SET n:{':'.join(added)}" if added else "",
    }


def _edges(name: str, type_: str, source: str, target: str, **more: str) -> str:
    relationship = _TYPES[type_]
    if (source, target) not in relationship.pairs:
        raise ValueError(f"the vocabulary knows no (:{source})-[:{type_}]->(:{target})")
    identity = " {id: row[2]}" if any(p.name == "id" for p in relationship.properties) else ""
    return _filled(name, TYPE=type_, SOURCE=source, TARGET=target, IDENTITY=identity, **more)


@cache
def _properties(type_: str, names: tuple[str, ...] | None) -> tuple[Property, ...]:
    found = _TYPES[type_].properties
    return tuple(p for p in found if p.name != "id" and (names is None or p.name in names))


@cache
def _names_of_type(type_: str, names: tuple[str, ...] | None) -> tuple[str, ...]:
    return tuple(p.name for p in _properties(type_, names))


@cache
def _names_of_label(label: str) -> tuple[str, ...]:
    return tuple(p.name for p in _LABELS[label].properties)


def _assignments(variable: str, properties: Iterable[Property], first: int) -> str:
    return ", ".join(
        f"{variable}.{p.name} = " + (f"datetime(row[{column}])" if p.kind == "time" else f"row[{column}]")
        for column, p in enumerate(properties, first)
    )


def _filled(name: str, **names: str) -> str:
    text = statement(name)
    for placeholder, value in names.items():
        text = text.replace(f"<{placeholder}>", value)
    return text
