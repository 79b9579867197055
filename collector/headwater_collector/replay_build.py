"""One replay: a log projected into a graph anew, stopping on the way to compare with the graph in use."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from headwater_graph.digest import Digest
from headwater_graph.errors import GraphUnavailable
from headwater_graph.local_neo4j.provision import OnProgress
from headwater_graph.open_graph import OpenGraph

from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.eventlog import LogEntry
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.projection.worker import ProjectionWorker

logger = logging.getLogger(__name__)

PATIENCE: Final = 8
"""How often in a row Neo4j may be away, for a second, two, three, until the replay is given up."""


@dataclass(frozen=True, slots=True)
class Reports:
    """Whom to tell how far a replay is."""

    step: Callable[[str], None] = logger.info
    """What begins now."""
    projected: Callable[[int, int], None] = lambda done, all_: None
    """How many entries of how many are in the new graph."""
    download: OnProgress | None = None


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of it."""

    entries: int
    """How many entries of the log were taken in."""
    left_out: int
    """How many of these failed when they were first projected, and so are in neither graph."""
    failed: tuple[int, ...]
    """Offsets of those that failed now and had not failed before."""
    digest: Digest
    """The new graph at the end of the log."""
    before: Digest | None = None
    """The graph in use; None if it was not compared."""
    compared: Digest | None = None
    """The new graph when it was as far as the one in use."""
    compared_at: int = 0
    not_compared: str | None = None
    """Why there is no comparison."""
    kept: Path | None = None
    """Where the store that was in use is kept."""

    @property
    def equal(self) -> bool | None:
        """Whether the graph in use is what its log gives; None if it was not compared."""
        return None if self.before is None else self.before == self.compared


@dataclass(frozen=True, slots=True)
class InUse:
    """The graph in use, as it was found."""

    digest: Digest | None
    position: int = 0
    why_not: str | None = None


class _LogUpTo:
    """A log that ends at `through`, so that a replay stops where another graph stands."""

    def __init__(self, log: SqliteEventLog) -> None:
        self._log, self.id, self.through = log, log.id, log.end()

    def read(self, after: int, limit: int) -> list[LogEntry]:
        """Return entries up to that end."""
        return self._log.read(after, max(min(limit, self.through - after), 0))

    def decisions(self, through: int) -> list[LogEntry]:
        """Return the decisions up to that offset."""
        return self._log.decisions(min(through, self.through))

    def find(self, event_id: str) -> LogEntry | None:
        """Return the entry with this id."""
        return self._log.find(event_id)

    def end(self) -> int:
        """Return that end."""
        return self.through

    def wait_beyond(self, offset: int, timeout: float | None = None) -> bool:
        """Say at once whether there is more."""
        return self.through > offset

    def wake(self) -> None:
        """Do nothing: nobody waits."""


class ReplayOutcomes:
    """Leaves out what failed before, also what waits for a retry, and tells the index nothing but new failures."""

    def __init__(self, index: EventIndex, *, at_once: bool) -> None:
        self._index, self._at_once = index, at_once
        self.left_out = index.failed()
        self.new: dict[int, str] = {}

    def mark_applied_through(self, offset: int) -> None:
        """Do nothing: the index tells of the graph in use."""

    def failed(self) -> list[int]:
        """Return what to leave out."""
        return [*self.left_out, *self.new]

    def retries(self) -> list[int]:
        """Return none: they are for the graph in use."""
        return []

    def mark_failed(self, offset: int, reason: str) -> None:
        """Note a new failure; `at_once` in the index too."""
        self.new[offset] = reason
        if self._at_once:
            self._index.mark_failed(offset, reason)

    def clear_failed(self, offset: int) -> None:
        """Do nothing: nothing is retried."""

    def tell(self) -> None:
        """Tell the index of the new failures, before the new graph is used."""
        for offset, reason in self.new.items():
            self._index.mark_failed(offset, reason)


class Build:
    """One replay of a log into a graph."""

    def __init__(
        self, log: SqliteEventLog, outcomes: ReplayOutcomes, reports: Reports, *, holder: str, batch_size: int
    ) -> None:
        self._log, self._outcomes, self._reports = _LogUpTo(log), outcomes, reports
        self._end = log.end()
        self._holder, self._batch_size = holder, batch_size

    def into(self, graph: OpenGraph, used: InUse) -> Replayed:
        """Project the log; stop on the way to compare with the graph in use."""
        store = graph.store()
        worker = ProjectionWorker(self._log, self._outcomes, store, self._holder, self._batch_size)
        worker.claim()
        try:
            compared = self._compare(worker, graph, used)
            self._through(worker, self._end)
        finally:
            worker.stop()
        return Replayed(
            entries=self._end,
            left_out=len(self._outcomes.left_out),
            failed=tuple(self._outcomes.new),
            digest=compared if compared and used.position == self._end else graph.digest(),
            before=used.digest,
            compared=compared,
            compared_at=used.position,
            not_compared=used.why_not,
        )

    def _compare(self, worker: ProjectionWorker, graph: OpenGraph, used: InUse) -> Digest | None:
        if used.digest is None:
            return None
        self._through(worker, used.position)
        return graph.digest()

    def _through(self, worker: ProjectionWorker, offset: int) -> None:
        self._log.through = offset
        worker.foresee(offset)
        tries = 0
        while worker.position < offset:
            try:
                worker.step()
                tries = 0
            except GraphUnavailable:
                tries += 1
                if tries > PATIENCE:
                    raise
                time.sleep(tries)
            self._reports.projected(worker.position, self._end)
