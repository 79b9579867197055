"""The event log, append-only and ordered: the truth that the graph is a function of. What is here is acknowledged."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of the log."""

    offset: int
    """Position, counted from 1 without gaps."""
    event_id: str
    body: bytes
    """The event exactly as it was sent."""
    received_at: str
    """When it was accepted, UTC, as `Event.time`."""
    kind: str = "event"
    """What it is: an event; operator decisions will be entries of other kinds."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a receiver wants appended."""

    event_id: str
    body: bytes
    warnings: tuple[str, ...] = ()


class EventLog(Protocol):
    """An ordered, append-only log of events."""

    @property
    def id(self) -> str:
        """Return the UUID of this log, made when the log was made."""
        ...

    def append(self, drafts: Sequence[Draft]) -> list[int]:
        """Make the drafts durable together, then return their offsets; one that is there already keeps its old offset.

        Raises `LogUnavailable` if they could not be made durable: then none is acknowledged.
        """
        ...

    def read(self, after: int, limit: int) -> list[LogEntry]:
        """Return up to `limit` entries with an offset greater than `after`, in order; none only at the end of the log.

        May return fewer than `limit` where their bodies are large.
        """
        ...

    def end(self) -> int:
        """Return the offset of the last entry, 0 if there is none."""
        ...

    def wait_beyond(self, offset: int, timeout: float | None = None) -> bool:
        """Wait until the log holds an entry greater than `offset`; False after `timeout` seconds."""
        ...
