"""What the projector asks the graph to become: nodes and edges to write or remove, and the facts that they rest on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Value = str | int | float | bool | list[str] | None
"""A property value; a time is text as in `headwater_graph.vocabulary` and becomes a Neo4j datetime when written."""


@dataclass(frozen=True, slots=True)
class Node:
    """One node as it shall stand: its key (whose kind names the label) and all its properties but the key."""

    key: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    labels: tuple[str, ...] = ()
    """Extra labels beside the label of its kind, e.g. ``("Model",)``."""


@dataclass(frozen=True, slots=True)
class Edge:
    """One relationship as it shall stand."""

    type: str
    source: str
    target: str
    properties: Mapping[str, Value] = field(default_factory=dict)
    id: str = ""
    """Tells parallel edges of one type between the same nodes apart; empty where there is only ever one."""

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """Return what makes two edges the same edge."""
        return (self.type, self.source, self.target, self.id)


@dataclass(slots=True)
class GraphChange:
    """The difference between two renderings, written in one transaction."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str, str, str], Edge] = field(default_factory=dict)
    known: dict[tuple[str, str, str, str], Edge] = field(default_factory=dict)
    """Those of `edges` that are in the graph already, as they stand there: only what differs has to be written."""
    removed_nodes: set[str] = field(default_factory=set)
    removed_edges: set[tuple[str, str, str, str]] = field(default_factory=set)
    facts: dict[str, str] = field(default_factory=dict)
    """JSON of the facts by the key of their scope; an empty text removes them."""
    orphans: set[str] = field(default_factory=set)
    """Keys of shared nodes that lost an edge: each is removed if nothing refers to it any more."""
    relabelled: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """Extra labels that all versions of a dataset shall have from now on, by dataset key."""
