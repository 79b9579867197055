"""The projector at work: claims the graph, reads the log, and takes in batch after batch, until it is stopped."""

import gc
import logging
import socket
import threading
from itertools import takewhile
from pathlib import Path
from typing import Final

from headwater_graph.errors import GraphRefused, GraphUnavailable

from headwater_collector.errors import HeadwaterError
from headwater_collector.projection.intake import Intake
from headwater_collector.projection.projector import PROJECTION_VERSION
from headwater_collector.projection.seams import ClaimedStore, Outcomes, ReadLog

logger = logging.getLogger(__name__)

IDLE_SECONDS: Final = 5.0
"""Longest wait for new events; the lease is renewed and retries are looked for that often."""

GATHER_SECONDS: Final = 0.25
"""How long a batch may grow while events keep coming: in one of 100 each costs a quarter more than in one of 500."""

MAX_PAUSE_SECONDS: Final = 5.0

STOP_SECONDS: Final = 20.0
"""How long a stop waits for the batch at hand: a Neo4j that hangs must not keep the server from ending."""

SILENCE_SECONDS: Final = 15.0
"""A database that takes longer to answer is said not to answer, although it may yet."""


def holder_of(data_dir: Path) -> str:
    """Return the name under which the projector of a data folder holds the lease."""
    return f"{socket.gethostname()}:{data_dir}"


class ProjectionWorker:
    """Projects a log into a graph on a thread of its own; `state` tells how it stands."""

    def __init__(self, log: ReadLog, index: Outcomes, store: ClaimedStore, holder: str, batch_size: int = 500) -> None:
        self._log, self._index, self._store, self._holder = log, index, store, holder
        self._batch_size = batch_size
        self._stopping = threading.Event()
        self._intake = Intake(log, index, store, self._stopping)
        self._thread = threading.Thread(target=self._work, name="projector", daemon=True)
        self._problem: str | None = "the graph was not reached yet"
        self._claimed = False

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
        return self._intake.position

    def claim(self) -> None:
        """Prepare and claim the graph now; raises `GraphUnavailable`, or `GraphRefused`, where a person must act."""
        self._store.prepare()
        self._store.claim(self._log.id, self._log.end(), PROJECTION_VERSION, self._holder)
        self._intake.position = self._store.position(self._log.id)
        self._index.mark_applied_through(self._intake.position)
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
                taken = self.step(IDLE_SECONDS)
                self._problem, pause = None, 0.1
                if taken:
                    self._gather()
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

    def _gather(self) -> None:
        """Let the next batch grow if some of it came while the last one was taken in: more is on its way."""
        if 0 < self._log.end() - self._intake.position < self._batch_size:
            self._stopping.wait(GATHER_SECONDS)

    def _note(self, problem: str) -> None:
        if problem != self._problem:
            logger.warning("projection waits: %s", problem)
        self._problem = problem

    def foresee(self, through: int) -> None:
        """Leave out from here on what the decisions up to this offset exclude, also before they are reached."""
        self._intake.foresee(through)

    def step(self, wait: float = 0.0) -> bool:
        """Take in one batch, waiting for one up to `wait` seconds; return whether there was one.

        A batch is either of events or of operators' decisions: those are followed where they stand in the log.
        """
        self._intake.retry()
        entries = self._log.read(self._intake.position, self._batch_size)
        if not entries:
            if not self._log.wait_beyond(self._intake.position, wait):
                self._intake.renew()
            return False
        entries = list(takewhile(lambda entry: entry.kind == entries[0].kind, entries))
        self._intake.take(entries)
        gc.collect(1)  # what a batch leaves is soon looked through; it held 50 MB until the collector came by itself
        return True
