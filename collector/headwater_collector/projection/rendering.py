"""Nodes and edges of one scope, being gathered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from headwater_graph.change import Edge, Node, Value
from headwater_graph.keys import bounded, column_key, dataset_key, key, kind_of
from headwater_graph.vocabulary import EVIDENCE, OPEN_END

from headwater_collector.projection.digest import digest_of
from headwater_collector.projection.facts.register import Register

EVIDENCE_NAME: Final = tuple(EVIDENCE)
ROLES: Final = {"in": "input", "out": "output"}
_ABOUT: Final = "\x1f"
SHARED: Final = {"code", "environment", "params", "column", "tag"}
"""Kinds of nodes that several scopes name: one goes when the last edge to it goes, HAS_COLUMN not counted."""


@dataclass(slots=True)
class Rendering:
    """Nodes and edges of one scope."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str, str, str], Edge] = field(default_factory=dict)

    def node(self, key: str, properties: Mapping[str, Value] | None = None, labels: tuple[str, ...] = ()) -> None:
        """Add a node."""
        self.nodes[key] = Node(key, properties or {}, labels)

    def edge(self, type_: str, source: str, target: str, properties: Mapping[str, Value] | None = None) -> None:
        """Add an edge of a type that exists once between two nodes."""
        edge = Edge(type_, source, target, properties or {})
        self.edges[edge.identity] = edge

    def facet(self, owner: str, name: str, digest: str, about: str = "", role: str = "") -> str:
        """Add a kept facet, whose JSON is known by its digest; return its key."""
        found = key("facet", owner, role, about, name) if about else key("facet", owner, name)
        size = digest.partition(":")[2] or None
        of_access = {"dataset": about or None, "role": ROLES.get(role)}
        self.node(found, {"name": bounded(name), "json": digest, "bytes": size and int(size), **of_access})
        return found

    def kept(self, owner: str, registers: Mapping[str, Register]) -> None:
        """Add the facets of an owner that are kept whole."""
        for name, register in registers.items():
            if len(register) > 2 and register[2]:
                role, dataset, facet = name[1:].split(_ABOUT, 2) if name.startswith(_ABOUT) else ("", "", name)
                self.edge("HAS_FACET", owner, self.facet(owner, facet, register[2], dataset, role))

    def shared(self, owner: str, type_: str, kind: str, properties: Mapping[str, Value] | None) -> None:
        """Add a node that owners with the same content share; nothing without content."""
        if properties:
            content = key(kind, digest_of(orjson.dumps(properties, option=orjson.OPT_SORT_KEYS)))
            self.node(content, properties)
            self.edge(type_, owner, content)

    def steps(self, owner: str, parts: Mapping[str, str]) -> None:
        """Add the steps of a run or job, given by their digests; the empty one is the owner itself."""
        for digest, step in parts.items():
            if digest:
                self.node(step)
                self.edge("HAS_STEP", owner, step)

    def tagged(self, owner: str, name: str, value: str, source: str) -> None:
        """Add a tag."""
        tag = key("tag", name, value)
        self.node(tag, {"tag": f"{name}={value}" if value else name, "name": name, "value": value or None})
        self.edge("TAGGED", owner, tag, {"source": source or None})

    def column(self, namespace: str, name: str, field: str) -> str:
        """Add a column of a dataset; return its key."""
        found, owner = column_key(namespace, name, field), dataset_key(namespace, name)
        self.node(found, {"namespace": namespace, "name": name, "field": field, "datasetKey": owner})
        self.edge("HAS_COLUMN", owner, found)
        return found

    def triggers(self, owner: str, upstream: str, downstream: str, attributes: Sequence[str]) -> None:
        """Add that one run or job triggers another, as its owner says."""
        names = ("type", "sequenceRule", "statusRule")
        properties = {"saidBy": owner, **{n: value or None for n, value in zip(names, attributes, strict=True)}}
        edge = Edge("TRIGGERS", upstream, downstream, properties, owner)
        self.edges[edge.identity] = edge

    def flow(self, source: str, target: str, said_by: str, first: str, last: str) -> None:
        """Add that data flows into a dataset or job, as another says in events from the first token to the last."""
        properties: dict[str, Value] = {
            "evidence": "LINEAGE",
            "saidBy": said_by,
            "firstSeen": first[:30],
            "lastSeen": last[:30],
            "endedAt": OPEN_END,
        }
        type_ = "PRODUCES" if kind_of(target) == "dataset" else "FEEDS"
        edge = Edge(type_, source, target, properties, said_by)
        self.edges[edge.identity] = edge


def about(role: str, dataset: str, facet: str) -> str:
    """Return the name of the register for what a job's own events say of a dataset as its input or output."""
    return _ABOUT.join(("", role, dataset, facet))


def value_of(registers: Mapping[str, Register], name: str) -> Any:
    """Return what a register holds, None if it holds nothing."""
    register = registers.get(name)
    return register[1] if register else None
