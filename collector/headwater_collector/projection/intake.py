"""Entries of the log taken into the graph: batches of events, operators' decisions, and what is parked, tried again."""

import logging
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from typing import Final

from headwater_graph.errors import GraphOutOfMemory, GraphRefused, GraphUnavailable
from headwater_graph.store import GraphTransaction, Position

from headwater_collector.errors import HeadwaterError, Unavailable
from headwater_collector.event import Event
from headwater_collector.event_json import alone_if_large
from headwater_collector.log.eventlog import DECISION, EVENT, LogEntry
from headwater_collector.parse import recorded_event
from headwater_collector.projection.following import Foresight, about_rules, subjects, take_out
from headwater_collector.projection.projector import apply
from headwater_collector.projection.relinking import relink_all, unlink
from headwater_collector.projection.seams import ClaimedStore, Outcomes, ReadLog

logger = logging.getLogger(__name__)

RENEW_SECONDS: Final = 5.0
"""How often the lease is renewed while the log is read for a decision."""


class Stopping(HeadwaterError):
    """Something long was given up because the projector is to end."""


NO_FAULT: Final = (GraphUnavailable, GraphRefused, Unavailable, Stopping)
"""Errors that no entry is at fault for: it is taken in once there is nothing in the way."""


class Intake:
    """Takes entries of a log into a graph, and parks those that cannot be projected."""

    def __init__(self, log: ReadLog, index: Outcomes, store: ClaimedStore, stopping: threading.Event) -> None:
        """Begin at the start of the log; `stopping` ends what takes long, by `Stopping`."""
        self._log, self._index, self._store, self._stopping = log, index, store, stopping
        self._foresight = Foresight(log, index.failed)
        self._renewed = 0.0
        self.position = 0
        """The offset up to which the log is in the graph."""

    def foresee(self, through: int) -> None:
        """Leave out from here on what the decisions up to this offset exclude, also before they are reached."""
        self._foresight.foresee(through, self.position)

    def renew(self, position: Position | None = None) -> None:
        """Keep the lease, and note how far the graph is; where that fails, it is nobody's fault."""
        try:
            self._store.transact(lambda transaction: None, position)
        except (GraphUnavailable, GraphRefused):
            raise
        except Exception as error:
            raise GraphUnavailable(f"Neo4j could not even keep the lease: {error}") from error

    def retry(self) -> None:
        """Try again what is to be tried again."""
        for offset in self._index.retries():
            for entry in self._log.read(offset - 1, 1):
                self._try(entry)

    def take(self, entries: Sequence[LogEntry]) -> None:
        """Take in the next entries, either all events or all decisions: those are followed where they stand.

        Where the graph or a fold fails on them, they are halved until the one at fault stands alone.
        """
        parked = set(self._index.failed())
        left_out = self._foresight.left_out
        wanted = [entry for entry in entries if entry.offset not in parked and entry.event_id not in left_out]
        position = Position(self._log.id, 0, entries[-1].offset)
        try:
            self._apply(wanted, position)
        except NO_FAULT:
            raise
        except Exception as error:
            if len(wanted) > 1:
                middle = len(wanted) // 2
                self.take(wanted[:middle])
                self.take(wanted[middle:])
            else:
                self._park(wanted[0], error)
                self.renew(position)
        # At once: what is in the graph is not tried again, and parked for it, where the next half must wait.
        self.position = max(entries[-1].offset, self.position)
        self._index.mark_applied_through(self.position)

    def _apply(self, entries: Sequence[LogEntry], position: Position | None) -> None:
        def events() -> Generator[Event, None, None]:
            # One after the other: a batch of parsed events at once would take twice the CPU, and much memory.
            for entry in entries:
                with alone_if_large(entry.body):
                    yield recorded_event(entry.body, entry.event_id)

        def take_in(transaction: GraphTransaction) -> None:
            with closing(events()) as found:
                apply(transaction, found)

        if entries and entries[0].kind == EVENT:
            self._store.transact(take_in, position)
        else:
            if entries:
                self._follow(entries)
            self.renew(position)

    def _park(self, entry: LogEntry, error: Exception) -> None:
        """Leave out an entry; of a decision about rules, what was linked by it already is undone before."""
        if entry.kind == DECISION and about_rules([entry]):
            former = self._foresight.rules(max(entry.offset - 1, self.position))
            unlink(self._store, former, self._alive, error)
        logger.exception("event %s could not be projected and is parked", entry.event_id, exc_info=error)
        self._index.mark_failed(entry.offset, _reason(entry, error)[:2000])

    def _follow(self, entries: Sequence[LogEntry]) -> None:
        """Let the graph follow decisions; doing it again changes nothing."""
        through = max(entries[-1].offset, self.position)
        tried = [entry.offset for entry in entries]
        if about_rules(entries):
            relink_all(self._store, self._foresight.rules(through, tried), self._alive)
        out = self._foresight.excluded(through, tried)
        found = subjects(self._log, entries, self._foresight)
        excluded = [event for event in found if event.event_id in out]
        failed = set(self._index.failed())

        def left_out(entry: LogEntry) -> bool:
            return entry.event_id in out or entry.offset in failed

        if excluded:
            logger.info("taking %d event(s) out of the graph: all the log is read", len(excluded))
            take_out(self._log, self._store, excluded, through, left_out, self._alive)
        for event in excluded:
            self._index.clear_failed(event.offset)
        for event in found:
            if event.event_id not in out:
                self._try(event)

    def _alive(self) -> None:
        """Keep the lease while the log is read; raises `Stopping` to end that."""
        if self._stopping.is_set():
            raise Stopping("the projector is stopping")
        if time.monotonic() - self._renewed > RENEW_SECONDS:
            self.renew()
            self._renewed = time.monotonic()

    def _try(self, entry: LogEntry) -> None:
        """Take in one entry that is behind, or park it."""
        try:
            self._apply([entry], None)
        except NO_FAULT:
            raise
        except Exception as error:
            self._park(entry, error)
        else:
            self._index.clear_failed(entry.offset)


def _reason(entry: LogEntry, error: Exception) -> str:
    """Return why an entry is parked, and the way out where trying again can help."""
    reason = f"{type(error).__name__}: {error}"
    if isinstance(error, GraphOutOfMemory):
        reason += f" Then try this again: headwater events retry {entry.event_id}"
    return reason
