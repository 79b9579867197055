"""The projector at work: reads the log, takes batch after batch into the graph, and parks what cannot be projected."""

import gc
import logging
import socket
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import closing
from itertools import takewhile
from pathlib import Path
from typing import Final, Protocol

from headwater_graph.errors import GraphRefused, GraphUnavailable
from headwater_graph.store import GraphStore, GraphTransaction, Position

from headwater_collector.errors import HeadwaterError
from headwater_collector.event import Event
from headwater_collector.event_json import alone_if_large
from headwater_collector.log.eventlog import DECISION, LogEntry
from headwater_collector.parse import recorded_event
from headwater_collector.projection.following import DecidedLog, Foresight, about_rules, subjects, take_out
from headwater_collector.projection.projector import PROJECTION_VERSION, apply
from headwater_collector.projection.relinking import relink_all

logger = logging.getLogger(__name__)

IDLE_SECONDS: Final = 5.0
"""Longest wait for new events; the lease is renewed and retries are looked for that often."""

MAX_PAUSE_SECONDS: Final = 5.0

STOP_SECONDS: Final = 20.0
"""How long a stop waits for the batch at hand: a Neo4j that hangs must not keep the server from ending."""

SILENCE_SECONDS: Final = 15.0
"""A database that takes longer to answer is said not to answer, although it may yet."""


RENEW_SECONDS: Final = 5.0
"""How often the lease is renewed while the log is read for a decision."""


class Stopping(HeadwaterError):
    """Something long was given up because the projector is to end."""


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


def holder_of(data_dir: Path) -> str:
    """Return the name under which the projector of a data folder holds the lease."""
    return f"{socket.gethostname()}:{data_dir}"


class ProjectionWorker:
    """Projects a log into a graph on a thread of its own; `state` tells how it stands."""

    def __init__(self, log: ReadLog, index: Outcomes, store: ClaimedStore, holder: str, batch_size: int = 500) -> None:
        self._log, self._index, self._store, self._holder = log, index, store, holder
        self._batch_size = batch_size
        self._foresight = Foresight(log, index.failed)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="projector", daemon=True)
        self._problem: str | None = "the graph was not reached yet"
        self._claimed = False
        self._position = 0
        self._renewed = 0.0

    @property
    def problem(self) -> str | None:
        """Why projection stands still, None if it does not; the sentence says what to do."""
        silent = self._store.silent_seconds()
        if silent > SILENCE_SECONDS:
            return f"Neo4j does not answer, for {silent:.0f} seconds now: it is very busy, or it hangs."
        return self._problem

    @property
    def position(self) -> int:
        """The offset up to which the log is in the claimed graph."""
        return self._position

    def claim(self) -> None:
        """Prepare and claim the graph now; raises `GraphUnavailable`, or `GraphRefused`, where a person must act."""
        self._store.prepare()
        self._store.claim(self._log.id, self._log.end(), PROJECTION_VERSION, self._holder)
        self._position = self._store.position(self._log.id)
        self._index.mark_applied_through(self._position)
        self._claimed, self._problem = True, None

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """End the batch at hand, give the graph free and return; a batch that hangs is left, and repeated some day."""
        self._stopping.set()
        self._log.wake()
        if self._thread.is_alive():
            self._thread.join(STOP_SECONDS)
        if self._thread.is_alive():
            logger.warning("Neo4j did not answer for %.0f seconds: the batch at hand is left undone", STOP_SECONDS)
        elif self._claimed:
            try:
                self._store.release()
            except GraphUnavailable as error:
                logger.warning("the lease could not be given back and ends by itself: %s", error)

    def _work(self) -> None:
        pause = 0.1
        while not self._stopping.is_set():
            try:
                if not self._claimed:
                    self.claim()
                self.step(IDLE_SECONDS)
                self._problem, pause = None, 0.1
            except GraphUnavailable as error:
                self._note(str(error))
                self._stopping.wait(pause)
                pause = min(pause * 2, MAX_PAUSE_SECONDS)
            except GraphRefused as error:
                self._note(str(error))
                self._claimed = False
                self._stopping.wait(MAX_PAUSE_SECONDS)
            except HeadwaterError as error:
                self._note(str(error))
                self._stopping.wait(MAX_PAUSE_SECONDS)
            except Exception:
                logger.exception("the projector met an error that is none of its own; it goes on")
                self._note("an unexpected error, see the log of this server")
                self._stopping.wait(MAX_PAUSE_SECONDS)

    def _note(self, problem: str) -> None:
        if problem != self._problem:
            logger.warning("projection waits: %s", problem)
        self._problem = problem

    def foresee(self, through: int) -> None:
        """Leave out from here on what the decisions up to this offset exclude, also before they are reached."""
        self._foresight.foresee(through, self._position)

    def step(self, wait: float = 0.0) -> bool:
        """Take in one batch, waiting for one up to `wait` seconds; return whether there was one.

        A batch is either of events or of operators' decisions: those are followed where they stand in the log.
        """
        self._retry()
        entries = self._log.read(self._position, self._batch_size)
        if not entries:
            if not self._log.wait_beyond(self._position, wait):
                self._store.transact(lambda transaction: None)
            return False
        entries = list(takewhile(lambda entry: entry.kind == entries[0].kind, entries))
        self._take(entries)
        self._position = entries[-1].offset
        self._index.mark_applied_through(self._position)
        gc.collect(1)  # what a batch leaves is soon looked through; it held 50 MB until the collector came by itself
        return True

    def _take(self, entries: Sequence[LogEntry]) -> None:
        """Take in entries; where the graph or a fold fails on them, halve until the one at fault stands alone."""
        parked = set(self._index.failed())
        left_out = self._foresight.left_out
        wanted = [entry for entry in entries if entry.offset not in parked and entry.event_id not in left_out]
        try:
            self._apply(wanted, Position(self._log.id, 0, entries[-1].offset))
        except (GraphUnavailable, GraphRefused, Stopping):
            raise
        except Exception as error:
            if len(wanted) > 1:
                middle = len(wanted) // 2
                self._take(wanted[:middle])
                self._take(wanted[middle:])
            else:
                self._park(wanted[0], error)
                self._store.transact(lambda transaction: None, Position(self._log.id, 0, entries[-1].offset))

    def _apply(self, entries: Sequence[LogEntry], position: Position | None) -> None:
        def events() -> Generator[Event, None, None]:
            # One after the other: a batch of parsed events at once would take twice the CPU, and much memory.
            for entry in entries:
                with alone_if_large(entry.body):
                    yield recorded_event(entry.body, entry.event_id)

        def take_in(transaction: GraphTransaction) -> None:
            with closing(events()) as found:
                apply(transaction, found)

        if entries and entries[0].kind == DECISION:
            self._follow(entries)
            self._store.transact(lambda transaction: None, position)
        else:
            self._store.transact(take_in, position)

    def _park(self, entry: LogEntry, error: Exception) -> None:
        logger.exception("event %s could not be projected and is parked", entry.event_id, exc_info=error)
        self._index.mark_failed(entry.offset, f"{type(error).__name__}: {error}"[:2000])

    def _follow(self, entries: Sequence[LogEntry]) -> None:
        """Let the graph follow decisions; doing it again changes nothing."""
        through = max(entries[-1].offset, self._position)
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
            self._store.transact(lambda transaction: None)
            self._renewed = time.monotonic()

    def _retry(self) -> None:
        for offset in self._index.retries():
            for entry in self._log.read(offset - 1, 1):
                self._try(entry)

    def _try(self, entry: LogEntry) -> None:
        """Take in one entry that is behind, or park it."""
        try:
            self._apply([entry], None)
        except (GraphUnavailable, GraphRefused, Stopping):
            raise
        except Exception as error:
            self._park(entry, error)
        else:
            self._index.clear_failed(entry.offset)
