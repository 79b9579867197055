"""What is laid over the graph for an answer: parts of datasets and their reads, and applications of jobs and runs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from headwater_graph.queries import Queries

from headwater_collector.answers import node
from headwater_collector.answers.applications import Applications, mark_joined
from headwater_collector.answers.granularity import Parts
from headwater_collector.answers.part_reads import PartReads
from headwater_collector.answers.subgraph import Reached


@dataclass(frozen=True, slots=True)
class Layers:
    """The layers of one answer; None for one that it does without."""

    parts: Parts | None
    reads: PartReads | None
    applications: Applications | None

    def meet(self, queries: Queries, nodes: Mapping[str, node.Node], reached: Reached) -> set[str]:
        """Return the keys of what belongs to what was reached, of which some may be known already."""
        found = self.parts.meet(queries, nodes.values()) if self.parts else set()
        found |= self.reads.meet(queries, nodes, reached) if self.reads else set()
        return found | (self.applications.meet(queries, nodes) if self.applications else set())

    def cut(self) -> bool:
        """Return whether there is more of any than was looked for."""
        return any(layer.cut for layer in (self.parts, self.reads) if layer)

    def owners(self) -> dict[str, str]:
        """Return what stands for what, by key."""
        tops = self.applications.owners if self.applications else {}
        versions = self.reads.owners if self.reads else {}
        return {**(self.parts.owners if self.parts else {}), **versions, **tops}

    def lay(self, nodes: dict[str, node.Node], reached: Reached, origin: Iterable[str], *, upstream: bool) -> Reached:
        """Return what was reached with the edges that hold the layers together, and add their nodes."""
        edges = [*reached.edges, *(self.reads.found.values() if self.reads else ())]
        added: set[str] = set()
        if self.reads:
            nodes |= self.reads.fold(nodes)
        if self.parts:
            nodes |= self.parts.wholes
            added |= self.parts.wholes.keys()
            edges += self.parts.joins()
        if self.applications:
            nodes |= {key: top for key, top in self.applications.nodes.items() if key not in nodes}
            added |= self.applications.nodes.keys()
            edges = mark_joined(edges, origin, upstream=upstream) + self.applications.joins(reached.owners)
        return Reached(reached.nodes | added, reached.owners, edges)
