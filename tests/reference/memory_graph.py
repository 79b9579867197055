"""A graph in memory behind the seam of the store, which refuses a change that does not fit what is there."""

from collections.abc import Iterable, Sequence

from headwater_graph.change import GraphChange
from headwater_graph.keys import kind_of
from headwater_graph.store import TimelineSlice

from tests.reference.graph import Graph, Identity, present

SIDE_EDGES = frozenset({"VERSION_OF", "HAS_COLUMN", "HAS_FACET"})
"""Edges of these types that leave an orphan (HAS_COLUMN: that lead to it) go with it and do not keep it."""


class InconsistentChange(AssertionError):
    """A change contradicts the graph, e.g. it removes an edge that is not there."""


class MemoryGraph:
    """A `headwater_graph.store.GraphTransaction` over dicts."""

    def __init__(self) -> None:
        self.graph = Graph()
        self.stored: dict[str, str] = {}
        self.touching: dict[str, set[Identity]] = {}
        """Edges by each of their two nodes."""

    def facts(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the JSON of the facts of those scopes that have any."""
        return {key: self.stored[key] for key in keys if key in self.stored}

    def runs_of(self, job: str) -> list[str]:
        """Return the keys of the runs that are RUN_OF the job."""
        return sorted(source for type_, source, target, _ in self._edges(job) if type_ == "RUN_OF" and target == job)

    def runs_touching(self, datasets: Iterable[str]) -> list[str]:
        """Return the keys of the runs that read or wrote any version of the datasets."""
        ends = {
            target if type_ == "READ_BY" else source
            for version in self._versions(datasets)
            for type_, source, target, _ in self._edges(version)
            if type_ in ("READ_BY", "WROTE")
        }
        owners = {s for end in ends for type_, s, t, _ in self._edges(end) if type_ == "HAS_STEP" and t == end}
        return sorted(key for key in ends | owners if kind_of(key) == "run")

    def _versions(self, datasets: Iterable[str]) -> list[str]:
        return [
            source
            for dataset in datasets
            for type_, source, target, _ in self._edges(dataset)
            if type_ == "VERSION_OF" and target == dataset
        ]

    def datasets(self, after: str, limit: int) -> list[str]:
        """Return the keys of datasets that follow this key."""
        return sorted(key for key in self.graph.of_label("Dataset") if key > after)[:limit]

    def timeline(self, datasets: Sequence[str], since: str) -> TimelineSlice:
        """Return what a change at or after `since` concerns of the datasets' common timeline."""
        versions = {key: self.graph.nodes[key][1] for key in self._versions(datasets)}
        writes = {
            key: str(properties["writtenAt"])
            for key, properties in versions.items()
            if "writtenAt" in properties and not properties.get("failed")
        }
        newest = max(((time, key) for key, time in writes.items() if time < since), default=None)
        concerned = {key: time for key, time in writes.items() if time >= since or (time, key) == newest}
        unknown = {key for key, properties in versions.items() if properties["source"] == "UNKNOWN" and not newest}
        return TimelineSlice(
            concerned, sorted(self._readers({*concerned, *unknown}, since, len(datasets) > 1) | self._adding(concerned))
        )

    def _adding(self, versions: Iterable[str]) -> set[str]:
        """Return the runs whose writes add to what one of these versions left."""
        found = set()
        for version in versions:
            for identity in self._edges(version):
                type_, source, target, _ = identity
                edge = self.graph.edges[identity]
                if type_ == "WROTE" and target == version and "carries" in edge:
                    found |= {s for t, s, step, _ in self._edges(source) if t == "HAS_STEP" and step == source} or {
                        source
                    }
                if type_ == "CARRIED_INTO" and source == version:
                    found.add(str(edge["saidBy"]))
        return found

    def _readers(self, versions: Iterable[str], since: str, by_name: bool) -> set[str]:
        found = set()
        for version in versions:
            for identity in self._edges(version):
                type_, source, target, _ = identity
                edge = self.graph.edges[identity]
                unnamed = by_name or (edge.get("inferred") and "namedVersion" not in edge)
                if type_ == "READ_BY" and source == version:
                    owners = {s for t, s, step, _ in self._edges(target) if t == "HAS_STEP" and step == target}
                    found |= {run for run in owners or {target} if self._is_later(run, since, bool(unnamed))}
        return found

    def _is_later(self, run: str, since: str, unnamed: bool) -> bool:
        said = self.graph.nodes[run][1]
        jobs = [identity for identity in self._edges(run) if identity[:2] == ("RUN_OF", run)]
        shared = len(jobs) > 1 and str(said.get("lastEventAt", "")) > since
        return shared or (unnamed and str(said.get("at", "")) > since)

    def write(self, change: GraphChange) -> None:
        """Apply a change; raises `InconsistentChange` where it contradicts the graph."""
        for identity in change.removed_edges:
            self._remove_edge(identity)
        for key in change.removed_nodes:
            self._remove_node(key)
        for key, node in change.nodes.items():
            _check(key == node.key, f"node {node.key} is filed under {key}")
            self.graph.add_node(node.key, node.labels, **node.properties)
        for dataset, labels in change.relabelled.items():
            self._relabel(dataset, labels)
        for identity, edge in change.known.items():
            there = identity in change.removed_edges or self.graph.edges.get(identity) == present(dict(edge.properties))
            _check(there, f"edge {identity} is not as it is said to stand")
        for identity, edge in change.edges.items():
            _check(identity == edge.identity, f"edge {edge.identity} is filed under {identity}")
            self._add_edge(identity)
            self.graph.edges[identity] = present(dict(edge.properties))
        for key, text in change.facts.items():
            if text:
                self.stored[key] = text
            else:
                self.stored.pop(key, None)
        for key in change.orphans:
            self._sweep(key)

    def _relabel(self, dataset: str, labels: Iterable[str]) -> None:
        for key, properties in self.graph.of_label("DatasetVersion").items():
            if properties["datasetKey"] == dataset:
                self.graph.add_node(key, labels, **properties)

    def _edges(self, key: str) -> set[Identity]:
        return self.touching.get(key, set())

    def _add_edge(self, identity: Identity) -> None:
        for key in identity[1:3]:
            _check(key in self.graph.nodes, f"edge {identity} needs the node {key}, which is not there")
            self.touching.setdefault(key, set()).add(identity)

    def _remove_edge(self, identity: Identity) -> None:
        _check(identity in self.graph.edges, f"the edge {identity} is not there to be removed")
        del self.graph.edges[identity]
        for key in identity[1:3]:
            self.touching[key].discard(identity)

    def _remove_node(self, key: str) -> None:
        _check(key in self.graph.nodes, f"the node {key} is not there to be removed")
        _check(not self._edges(key), f"the node {key} is removed but still has {self._edges(key)}")
        del self.graph.nodes[key]

    def _sweep(self, key: str) -> None:
        side = {
            edge
            for edge in self._edges(key)
            if edge[0] in SIDE_EDGES and key == edge[2 if edge[0] == "HAS_COLUMN" else 1]
        }
        if key not in self.graph.nodes or self._edges(key) - side:
            return
        for identity in side:
            self._remove_edge(identity)
        self._remove_node(key)


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise InconsistentChange(message)
