"""The event index: what a log cannot do. The status of each event by its id, lists by status, retry of failed ones.

Nothing is written per event: an event is applied if its offset is not beyond the register `applied_through` and it is
not among the failed or excluded ones. Those are kept in the log's own file, as durable as the log, because the graph is
a function of both. The register and the rejected bodies are in a second file, which may be lost: the register is set
anew by the projector from the position in the graph.
"""

import json
import logging
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from headwater_collector.clock import utc_now
from headwater_collector.errors import LogUnavailable, SetupError
from headwater_collector.log.rejected_bodies import TABLE, RejectedBodies, RejectedBody, digest_of
from headwater_collector.log.sqlite_file import open_database
from headwater_collector.log.sqlite_log import SqliteEventLog, packed_id, unpacked_id

logger = logging.getLogger(__name__)

MIGRATIONS = (
    (
        "CREATE TABLE register (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID",
        TABLE,
    ),
)
NEWEST = 2**62
"""A cursor before which everything lies."""

_SELECT = """
    SELECT entry.offset, event_id, received_at, warnings, failure.reason, failure.retry, exclusion.reason
    FROM entry LEFT JOIN failure USING (offset) LEFT JOIN exclusion USING (offset)
"""
_COUNTS = """
    SELECT name, count(*), ifnull(sum(offset <= :applied), 0) FROM (
        SELECT 'decision' AS name, offset FROM decision
        UNION ALL SELECT 'excluded', offset FROM exclusion
        UNION ALL SELECT 'failed', offset FROM failure
            WHERE offset NOT IN (SELECT offset FROM exclusion UNION SELECT offset FROM decision)
    ) GROUP BY name
"""
_RETRY = "UPDATE failure SET retry = 1 WHERE offset NOT IN (SELECT offset FROM exclusion)"


class Status(StrEnum):
    """Where an event is on its way."""

    ACCEPTED = "accepted"
    APPLIED = "applied"
    FAILED = "failed"
    EXCLUDED = "excluded"
    REJECTED = "rejected"


# The condition that puts an entry of the log under a status, given the register.
_CONDITIONS = {
    Status.ACCEPTED: "entry.offset > :applied AND failure.offset IS NULL AND exclusion.offset IS NULL",
    Status.APPLIED: "entry.offset <= :applied AND failure.offset IS NULL AND exclusion.offset IS NULL",
    Status.FAILED: "failure.offset IS NOT NULL AND exclusion.offset IS NULL",
    Status.EXCLUDED: "exclusion.offset IS NOT NULL",
}


@dataclass(frozen=True, slots=True)
class EventStatus:
    """What is known of one event."""

    id: str
    """The event's id; of a rejected body, the SHA-256 of its bytes."""
    status: Status
    received_at: str
    cursor: int
    """Its place in the list of its status: give it as `before` to go on after it."""
    offset: int | None = None
    """Its position in the log; None for a rejected one."""
    reason: str | None = None
    """Why it failed, was excluded or was rejected."""
    warnings: tuple[str, ...] = ()
    retrying: bool = False
    """Whether a failed one waits to be tried again."""
    http_status: int | None = None
    """What the sender of a rejected one was answered."""
    truncated: bool = False
    """Whether only the first MiB of a rejected one is kept."""


class EventIndex:
    """The status of every event of a log; every method may be called from any thread. Close it before the log."""

    def __init__(
        self,
        log: SqliteEventLog,
        path: Path,
        max_rejected: int = 1_000,
        max_rejected_bytes: int = 64 * 1024 * 1024,
    ) -> None:
        """Open the index beside the log, made anew if it is missing or damaged. Raises `SetupError`."""
        self._log = log
        self._lock = threading.Lock()
        self._connection = _open_or_remake(path)
        self._rejected = RejectedBodies(self._connection, max_rejected, max_rejected_bytes)
        row = self._connection.execute("SELECT value FROM register WHERE name = 'applied_through'").fetchone()
        self._applied_through: int = row[0] if row else 0

    def applied_through(self) -> int:
        """Return the greatest offset up to which every entry is applied, or failed."""
        return self._applied_through

    def mark_applied_through(self, offset: int) -> None:
        """Say that every entry up to `offset` is applied unless it is marked as failed; a smaller one takes it back."""
        self._applied_through = offset
        with self._writing("register"):
            self._connection.execute("REPLACE INTO register VALUES ('applied_through', ?)", (offset,))

    def mark_failed(self, offset: int, reason: str) -> None:
        """Say durably that the entry could not be projected. Call it before the projection moves past the entry.

        Ends a retry that was asked for. Raises `LogUnavailable`.
        """
        self._change("REPLACE INTO failure (offset, reason, failed_at) VALUES (?, ?, ?)", offset, reason, utc_now())

    def clear_failed(self, offset: int) -> None:
        """Say durably that the entry is projected after all: call it after the graph holds it. Raises
        `LogUnavailable`.
        """
        self._change("DELETE FROM failure WHERE offset = ?", offset)

    def failed(self) -> list[int]:
        """Return the offsets of all failed entries, ascending."""
        return self._offsets("SELECT offset FROM failure ORDER BY offset")

    def retry(self, event_id: str) -> bool:
        """Ask the projector to try a failed event again; False if no such event has failed. Raises `LogUnavailable`."""
        of_event = " AND offset = (SELECT offset FROM entry WHERE event_id = ?)"
        return self._ask_retry(_RETRY + of_event, packed_id(event_id)) > 0

    def retry_all(self) -> int:
        """Ask the projector to try all failed events again; return how many those are. Raises `LogUnavailable`."""
        return self._ask_retry(_RETRY)

    def retries(self) -> list[int]:
        """Return the offsets of the failed entries to try again, ascending; cheap enough to ask in every round."""
        return self._offsets("SELECT offset FROM failure WHERE retry ORDER BY offset")

    def record_rejected(self, body: bytes, reason: str, http_status: int) -> str:
        """Keep a rejected body, at most its first MiB, and return its id. Never raises: it is a help, not a promise."""
        rejected_id = digest_of(body)
        with self._writing("rejected body"):
            self._rejected.record(rejected_id, body, reason, http_status)
        return rejected_id

    def find(self, event_id: str) -> EventStatus | None:
        """Return what is known of the event, or of the rejected body, with this id. Raises `LogUnavailable`."""
        with self._log.reading() as connection:
            row = connection.execute(
                f"{_SELECT} WHERE event_id = ? AND kind = 'event'", (packed_id(event_id),)
            ).fetchone()
        if row:
            return self._status(row)
        with self._reading():
            rejected = self._rejected.find(event_id)
        return _rejected_status(rejected) if rejected else None

    def body(self, event_id: str) -> bytes | None:
        """Return the original bytes of the event; of a rejected body at most the first MiB. Raises `LogUnavailable`."""
        found = self.find(event_id)
        if found and found.offset is not None:
            return self._log.read(found.offset - 1, 1)[0].body
        with self._reading():
            return self._rejected.body(event_id)

    def list_events(
        self, status: Status | None = None, before: int | None = None, limit: int = 100
    ) -> list[EventStatus]:
        """Return up to `limit` events of the status, newest first, that come after the cursor `before`.

        Without a status: all that are in the log. Raises `LogUnavailable`.
        """
        before = NEWEST if before is None else before
        if status is Status.REJECTED:
            with self._reading():
                return [_rejected_status(rejected) for rejected in self._rejected.newest(before, limit)]
        condition = _CONDITIONS[status] if status else "TRUE"
        with self._log.reading() as connection:
            rows = connection.execute(
                f"{_SELECT} WHERE kind = 'event' AND entry.offset < :before AND {condition} "
                "ORDER BY entry.offset DESC LIMIT :limit",
                {"applied": self._applied_through, "before": before, "limit": limit},
            ).fetchall()
        return [self._status(row) for row in rows]

    def counts(self) -> dict[Status, int]:
        """Return how many entries are in each status and how many rejected bodies are kept. Raises `LogUnavailable`."""
        end, applied = self._log.end(), self._applied_through
        with self._log.reading() as connection:
            found = {name: (all_, early) for name, all_, early in connection.execute(_COUNTS, {"applied": applied})}
        early = sum(early for _, early in found.values())
        late = sum(all_ for all_, _ in found.values()) - early
        return {
            Status.ACCEPTED: max(end - applied - late, 0),
            Status.APPLIED: max(min(applied, end) - early, 0),
            Status.FAILED: found.get("failed", (0, 0))[0],
            Status.EXCLUDED: found.get("excluded", (0, 0))[0],
            Status.REJECTED: self._rejected.count(),
        }

    def close(self) -> None:
        """Close the index's file; the log stays open."""
        with self._lock:
            self._connection.close()

    def _ask_retry(self, statement: str, *values: object) -> int:
        asked = self._change(statement, *values)
        if asked:
            self._log.wake()
        return asked

    def _change(self, statement: str, *values: object) -> int:
        """Change the log's file durably and return how many rows were touched."""
        return self._log.write(lambda connection: connection.execute(statement, values).rowcount)

    def _offsets(self, query: str) -> list[int]:
        with self._log.reading() as connection:
            return [offset for (offset,) in connection.execute(query)]

    @contextmanager
    def _writing(self, what: str) -> Iterator[None]:
        """Guard the index's connection; what cannot be written there is a loss that is reported, not an error."""
        try:
            with self._lock:
                yield
        except sqlite3.Error as error:
            logger.warning("The event index could not keep a %s: %s", what, error)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            with self._lock:
                yield
        except sqlite3.Error as error:
            raise LogUnavailable(f"The event index cannot be read: {error}.") from error

    def _status(self, row: tuple[Any, ...]) -> EventStatus:
        offset, event_id, received_at, warnings, reason, retry, excluded = row
        if excluded is not None:
            status, reason, retry = Status.EXCLUDED, excluded or None, False
        elif reason is not None:
            status = Status.FAILED
        else:
            status = Status.APPLIED if offset <= self._applied_through else Status.ACCEPTED
        return EventStatus(
            id=unpacked_id(event_id),
            status=status,
            received_at=received_at,
            cursor=offset,
            offset=offset,
            reason=reason,
            warnings=tuple(json.loads(warnings)) if warnings else (),
            retrying=bool(retry),
        )


def _rejected_status(rejected: RejectedBody) -> EventStatus:
    return EventStatus(
        id=rejected.id,
        status=Status.REJECTED,
        received_at=rejected.received_at,
        cursor=rejected.position,
        reason=rejected.reason,
        http_status=rejected.http_status,
        truncated=rejected.truncated,
    )


def _open_or_remake(path: Path) -> sqlite3.Connection:
    """Open the index; a damaged file is made anew, because all in it may be lost."""
    try:
        return _open(path)
    except SetupError as error:
        if type(error.__cause__) is not sqlite3.DatabaseError:
            raise
        logger.warning("%s is damaged and is made anew.", path)
        for suffix in ("", "-wal", "-shm"):
            path.with_name(path.name + suffix).unlink(missing_ok=True)
        return _open(path)


def _open(path: Path) -> sqlite3.Connection:
    # Not every commit has to reach the disk: nothing here is a promise.
    return open_database(path, MIGRATIONS, synchronous="NORMAL")
