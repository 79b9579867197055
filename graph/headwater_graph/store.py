"""The seam between the projection and the database."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from headwater_graph.change import GraphChange

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Position:
    """How far a graph has taken in a log: all entries of `partition` of `log` up to and including `offset`."""

    log: str
    partition: int
    offset: int


@dataclass(frozen=True, slots=True)
class TimelineSlice:
    """The part of a dataset's timeline that a change at or after some time concerns."""

    writes: dict[str, str]
    """Time of every write since then that did not fail, and of the newest one before, by version key."""
    reads: list[str]
    """Keys of later runs whose reads without a version are bound to one of those writes or none; maybe others."""


class GraphTransaction(Protocol):
    """One transaction: what is read in it is what the written change rests on."""

    def facts(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the JSON of the facts of those scopes that have any."""
        ...

    def runs_of(self, job: str) -> list[str]:
        """Return the keys of the runs that are RUN_OF the job with this key."""
        ...

    def runs_touching(self, datasets: Iterable[str]) -> list[str]:
        """Return the keys of the runs that read or wrote any version of the datasets with these keys."""
        ...

    def datasets(self, after: str, limit: int) -> list[str]:
        """Return the keys of up to `limit` datasets that follow this key, in order."""
        ...

    def timeline(self, datasets: Sequence[str], since: str) -> TimelineSlice:
        """Return what a change at or after `since` (text as in the vocabulary) concerns of a shared timeline."""
        ...

    def write(self, change: GraphChange) -> None:
        """Write the change; its effect is visible to later reads of this transaction."""
        ...


class GraphStore(Protocol):
    """A graph that one projector at a time writes."""

    def position(self, log: str, partition: int = 0) -> int:
        """Return the offset up to which the log is in the graph, 0 for none."""
        ...

    def transact(self, work: Callable[[GraphTransaction], T], position: Position | None = None) -> T:
        """Run the work in one transaction that also moves the position; repeat it on transient errors.

        Raises `headwater_graph.errors.GraphUnavailable` when the database cannot be reached (try again later) and
        `headwater_graph.errors.LeaseLost` when another projector has taken over.
        """
        ...
