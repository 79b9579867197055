"""A graph as plain dicts, and the difference between two of them as text."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from headwater_graph.keys import kind_of
from headwater_graph.vocabulary import LABEL_OF_KIND

Properties = dict[str, Any]
Identity = tuple[str, str, str, str]
"""Type, source, target and id of an edge."""


@dataclass(slots=True)
class Graph:
    """Nodes by key with all their labels, and edges by identity."""

    nodes: dict[str, tuple[frozenset[str], Properties]] = field(default_factory=dict)
    edges: dict[Identity, Properties] = field(default_factory=dict)

    def add_node(self, key: str, labels: Iterable[str] = (), /, **properties: Any) -> None:
        """Add a node; `labels` are those beside the label of its kind."""
        self.nodes[key] = (frozenset({LABEL_OF_KIND[kind_of(key)], *labels}), present(properties))

    def add_edge(self, type_: str, source: str, target: str, id_: str = "", /, **properties: Any) -> None:
        """Add an edge."""
        self.edges[type_, source, target, id_] = present(properties)

    def targets(self, type_: str, source: str) -> set[str]:
        """Return the keys of the nodes that edges of this type lead to from a node."""
        return {t for (name, s, t, _) in self.edges if name == type_ and s == source}

    def sources(self, type_: str, target: str) -> set[str]:
        """Return the keys of the nodes from which edges of this type lead to a node."""
        return {s for (name, s, t, _) in self.edges if name == type_ and t == target}

    def of_label(self, label: str) -> dict[str, Properties]:
        """Return the properties of the nodes with this label, by key."""
        return {key: properties for key, (labels, properties) in self.nodes.items() if label in labels}


def present(properties: Properties) -> Properties:
    """Return the properties that are there: not None, no empty text or list, no flag that is false unless said."""
    return {
        name: value
        for name, value in properties.items()
        if value is not None and value not in ("", []) and not (value is False and name in ("failed", "masking"))
    }


def differences(expected: Graph, actual: Graph, limit: int = 40) -> list[str]:
    """Return one line for each node or edge that is missing, too many or different; empty if the graphs are equal."""
    lines = [
        *_compare("node", _plain_nodes(expected), _plain_nodes(actual)),
        *_compare("edge", _plain_edges(expected), _plain_edges(actual)),
    ]
    return lines[:limit] + ([f"... and {len(lines) - limit} more"] if len(lines) > limit else [])


def _plain_nodes(graph: Graph) -> dict[str, Properties]:
    return {key: {":": sorted(labels)} | _readable(properties) for key, (labels, properties) in graph.nodes.items()}


def _plain_edges(graph: Graph) -> dict[str, Properties]:
    return {_edge_name(identity): _readable(properties) for identity, properties in graph.edges.items()}


def _edge_name(identity: Identity) -> str:
    type_, source, target, id_ = identity
    return f"({source}) -[{type_}{' ' + repr(id_) if id_ else ''}]-> ({target})"


def _readable(properties: Properties) -> Properties:
    shown = {name: value for name, value in properties.items() if name != "json"}
    return shown | ({"json": json.loads(properties["json"])} if "json" in properties else {})


def _compare(what: str, expected: dict[str, Properties], actual: dict[str, Properties]) -> list[str]:
    lines = []
    for name in sorted(expected.keys() | actual.keys()):
        if name not in actual:
            lines.append(f"missing {what}: {name} {expected[name]}")
        elif name not in expected:
            lines.append(f"surplus {what}: {name} {actual[name]}")
        elif expected[name] != actual[name]:
            names = sorted(n for n in expected[name] | actual[name] if expected[name].get(n) != actual[name].get(n))
            changes = "; ".join(f"{n}: model {expected[name].get(n)!r}, graph {actual[name].get(n)!r}" for n in names)
            lines.append(f"different {what}: {name}: {changes}")
    return lines
