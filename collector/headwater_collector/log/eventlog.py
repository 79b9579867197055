"""The event log, append-only and ordered: the truth that the graph is a function of. What is here is acknowledged.

Beside the events it holds what operators decided about them, in the same order.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

EVENT: Final = "event"
"""Kind of an entry that is an event of a producer."""
DECISION: Final = "decision"
"""Kind of an entry that is an operator's decision, see `headwater_collector.log.decision`."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry of the log."""

    offset: int
    """Position, counted from 1 without gaps."""
    event_id: str
    """The event's id; of a decision, its own."""
    body: bytes
    """The event exactly as it was sent, or the decision as JSON."""
    received_at: str
    """When it was accepted, UTC, as `Event.time`."""
    kind: str = EVENT
    """What it is: `EVENT` or `DECISION`."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What a receiver or an operator wants appended."""

    event_id: str
    body: bytes
    warnings: tuple[str, ...] = ()
    kind: str = EVENT


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
