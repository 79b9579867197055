"""What the projector needs of the log that it reads, of the index that it tells, and of the graph that it writes."""

from typing import Protocol

from headwater_graph.store import GraphStore

from headwater_collector.projection.following import DecidedLog


class ClaimedStore(GraphStore, Protocol):
    """A graph store that must be prepared and claimed before it is written."""

    def prepare(self) -> None:
        """Bring the schema of the database up to date."""
        ...

    def claim(self, log: str, log_end: int, projection: int, holder: str) -> None:
        """Become the one projector of this graph, for this log."""
        ...

    def release(self) -> None:
        """Let another projector take over."""
        ...

    def silent_seconds(self) -> float:
        """Return how long the answer of the database is awaited, 0 while nothing is asked."""
        ...


class ReadLog(DecidedLog, Protocol):
    """What the projector needs of an event log; `SqliteEventLog` is one."""

    @property
    def id(self) -> str:
        """Return the UUID of the log."""
        ...

    def end(self) -> int:
        """Return the offset of the last entry."""
        ...

    def wait_beyond(self, offset: int, timeout: float | None = None) -> bool:
        """Wait until the log holds an entry greater than `offset`; False after `timeout` seconds or when woken."""
        ...

    def wake(self) -> None:
        """End a wait."""
        ...


class Outcomes(Protocol):
    """Where the projector notes what became of entries; `EventIndex` is one."""

    def mark_applied_through(self, offset: int) -> None:
        """Say that every entry up to `offset` is in the graph, or failed."""
        ...

    def failed(self) -> list[int]:
        """Return the offsets of the entries to leave out."""
        ...

    def retries(self) -> list[int]:
        """Return those of them to try again."""
        ...

    def mark_failed(self, offset: int, reason: str) -> None:
        """Say that an entry could not be projected, and end its retry."""
        ...

    def clear_failed(self, offset: int) -> None:
        """Say that an entry is projected after all."""
        ...
