"""Jobs and runs as the application that they are part of at the top: a DAG, a Spark application, a dbt command.

An application is taken as a whole: what any part of it read stands behind all that any part of it wrote. That joins
what producers leave apart, such as the model that one operation loads and the predictions that another one writes. Run
by run, an operation that began only after the output was written has no part in it. An edge that nobody said of the
very operation on the way is inferred, with the evidence `TOGETHER`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from headwater_graph.queries import Queries

from headwater_collector.answers import node
from headwater_collector.answers.granularity import is_data
from headwater_collector.answers.question import Level
from headwater_collector.answers.subgraph import PART, Edge, joins

TOGETHER: Final = "SAME_APPLICATION"
"""Evidence of an edge of an operation that is on the way only because another one of its application is."""

_MOST: Final = 100_000
_LATEST: Final = "9999"


@dataclass(slots=True)
class Applications:
    """The applications that an answer has met."""

    level: Level
    upstream: bool
    owners: dict[str, str] = field(default_factory=dict)
    """Key of the application by the key of its part; what is part of several stays as it is."""
    nodes: dict[str, node.Node] = field(default_factory=dict)
    """The applications themselves, by key."""
    _met: set[str] = field(default_factory=set)
    _whole: set[str] = field(default_factory=set)
    """Applications whose parts were looked for."""

    def meet(self, queries: Queries, nodes: Mapping[str, node.Node]) -> set[str]:
        """Look for the applications of these jobs or runs; return the keys of all that is part of them, too."""
        fresh = [key for key in nodes if key not in self._met and not is_data(key)]
        self._met.update(fresh)
        tops = self._tops(queries, fresh) if fresh else {}
        self.owners.update((key, next(iter(found))) for key, found in tops.items() if len(found) == 1)
        new: dict[str, list[node.Node]] = defaultdict(list)
        for key in fresh:
            top = self.owners.get(key, key if key in self.nodes else "")
            if top and top not in self._whole:
                new[top].append(nodes[key])
        return set(self._parts(queries, new)) if new else set()

    def _tops(self, queries: Queries, keys: Iterable[str]) -> dict[str, set[str]]:
        rows = queries.read("tops_of_runs" if self.level == "run" else "tops_of_jobs", keys=list(keys))["tops"]
        make = node.run if self.level == "run" else node.job
        found: dict[str, set[str]] = defaultdict(set)
        for key, *row in rows:
            found[key].add(row[0])
            self.nodes[row[0]] = make(*row)
        return found

    def _parts(self, queries: Queries, new: Mapping[str, list[node.Node]]) -> Iterator[str]:
        self._whole |= new.keys()
        for part, top, at, ended in queries.read("parts_of", keys=list(new), cap=_MOST)["found"]:
            if self._in_time(new[top], at or "", ended or _LATEST):
                yield part

    def _in_time(self, known: Iterable[node.Node], at: str, ended: str) -> bool:
        if self.level != "run":
            return True
        if self.upstream:
            return at <= max(each.get("endedAt") or _LATEST for each in known)
        return ended >= min(each.get("at") or "" for each in known)

    def joins(self, steps: Mapping[str, str]) -> list[Edge]:
        """Return the edges, both ways, between an application, its parts and their steps; they are no hop."""
        return joins([*self.owners.items(), *(pair for pair in steps.items() if pair[1] in self.owners)])


def mark_joined(edges: Iterable[Edge], origin: Iterable[str], *, upstream: bool) -> list[Edge]:
    """Return the edges with those marked that lead through an operation that nothing on the way names."""
    found = list(edges)
    flow = [edge for edge in found if edge[2] != PART]
    near, far = (0, 1) if upstream else (1, 0)
    named = {edge[near] for edge in flow} | set(origin)
    return [
        (*edge[:3], TOGETHER, *edge[4:])
        if edge[2] != PART and not is_data(edge[far]) and edge[far] not in named
        else edge
        for edge in found
    ]
