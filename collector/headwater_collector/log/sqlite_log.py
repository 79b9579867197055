"""The event log in one SQLite file: durable before it is acknowledged, written by one thread, read by many."""

import json
import sqlite3
import threading
import uuid
from asyncio import get_running_loop
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TypeVar

import zstandard

from headwater_collector.clock import utc_now
from headwater_collector.errors import LogUnavailable
from headwater_collector.log.eventlog import DECISION, Draft, LogEntry
from headwater_collector.log.gathered_append import GatheredAppend
from headwater_collector.log.group_commit import GroupCommit
from headwater_collector.log.sqlite_file import open_database, open_reader

T = TypeVar("T")
_Row = tuple[bytes | str, str, str | None, int, bytes]

PLAIN, ZSTD = 0, 1

# The body stands last: whoever reads the other columns does not touch its overflow pages. No AUTOINCREMENT: the next
# rowid is the greatest plus one, so offsets have no gaps, also after a transaction that was rolled back.
MIGRATIONS = (
    (
        "CREATE TABLE log (id TEXT NOT NULL, created_at TEXT NOT NULL)",
        """
        CREATE TABLE entry (
            offset INTEGER PRIMARY KEY,
            event_id BLOB NOT NULL,
            kind TEXT NOT NULL,
            received_at TEXT NOT NULL,
            warnings TEXT,
            encoding INTEGER NOT NULL,
            body BLOB NOT NULL
        )
        """,
        "CREATE UNIQUE INDEX entry_event_id ON entry (event_id)",
        """
        CREATE TABLE failure (
            offset INTEGER PRIMARY KEY,
            reason TEXT NOT NULL,
            failed_at TEXT NOT NULL,
            retry INTEGER NOT NULL DEFAULT 0
        )
        """,
        "CREATE INDEX failure_retry ON failure (offset) WHERE retry",
    ),
    (
        # Where the decisions are, and which events they exclude: both follow from the entries, and spare reading all.
        "CREATE TABLE decision (offset INTEGER PRIMARY KEY)",
        "CREATE TABLE exclusion (offset INTEGER PRIMARY KEY, reason TEXT NOT NULL)",
    ),
)

INSERT = """
    INSERT INTO entry (event_id, kind, received_at, warnings, encoding, body) VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (event_id) DO NOTHING
"""

_ENTRY = "SELECT offset, event_id, body, encoding, received_at, kind FROM entry"
SELECT = f"{_ENTRY} WHERE offset > ? ORDER BY offset LIMIT ?"
SELECT_DECISIONS = f"{_ENTRY} JOIN decision USING (offset) WHERE offset <= ? ORDER BY offset"
SELECT_ONE = f"{_ENTRY} WHERE event_id = ?"


class SqliteEventLog:
    """An `EventLog` in a SQLite file; every method may be called from any thread. Close it when done.

    The same file holds which events failed to be projected (`EventIndex`), because that is part of the truth that the
    graph is a function of.
    """

    def __init__(self, path: Path) -> None:
        """Open the log, made if it is missing. Raises `SetupError`."""
        self.path = path
        self._id = ""
        self._end = 0
        self._grown = threading.Condition()
        self._codec = _Codec()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._woken = False
        self._gathered: GatheredAppend | None = None
        self._writer = GroupCommit(self._connect, self._committed, "headwater-log")

    @property
    def id(self) -> str:
        """Return the UUID of this log, made when the log was made."""
        return self._id

    @property
    def problem(self) -> str | None:
        """Why the last append failed, None while the log can be written."""
        return self._writer.problem

    def append(self, drafts: Sequence[Draft]) -> list[int]:
        """Make the drafts durable together, then return their offsets; one that is there already keeps its old offset.

        Raises `LogUnavailable` if they could not be made durable: then none is acknowledged.
        """
        return self.submit(drafts).result()

    async def append_async(self, drafts: Sequence[Draft]) -> list[int]:
        """Do as `append` without blocking the event loop; for the coroutines of one loop, the server's."""
        loop = get_running_loop()
        if self._gathered is None or self._gathered.loop is not loop:
            self._gathered = GatheredAppend(self.submit, loop)
        return await self._gathered.append(drafts)

    def submit(self, drafts: Sequence[Draft]) -> Future[list[int]]:
        """Queue the drafts for the next commit; the future holds what `append` returns or raises."""
        # Compressed here: zstd lets go of the interpreter lock, and the one writer thread stays free.
        rows = [self._row(draft) for draft in drafts]
        return self._writer.submit(lambda connection: _insert(connection, rows), sum(len(row[4]) for row in rows))

    def write(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call `work` in a transaction of the log's writer and return its result when that is durable.

        For what must be as durable as the log itself. Raises `LogUnavailable`.
        """
        return self._writer.submit(work).result()

    def append_within(self, connection: sqlite3.Connection, drafts: Sequence[Draft]) -> list[int]:
        """Append inside a transaction of `write`; return what `append` returns."""
        return _insert(connection, [self._row(draft) for draft in drafts])

    def read(self, after: int, limit: int, max_bytes: int = 8 * 1024 * 1024) -> list[LogEntry]:
        """Return up to `limit` entries with an offset greater than `after`, in order; none only at the end of the log.

        Fewer are returned when their bodies would exceed `max_bytes`, but always one if there is one. Never waits for
        the writer. Raises `LogUnavailable`.
        """
        with self.reading() as connection, closing(connection.execute(SELECT, (after, limit))) as rows:
            return list(_within(map(self._entry, rows), max_bytes))

    def decisions(self, through: int) -> list[LogEntry]:
        """Return the operators' decisions up to this offset, in order. Raises `LogUnavailable`."""
        with self.reading() as connection, closing(connection.execute(SELECT_DECISIONS, (through,))) as rows:
            return list(map(self._entry, rows))

    def find(self, event_id: str) -> LogEntry | None:
        """Return the entry with this id, None if there is none. Raises `LogUnavailable`."""
        with self.reading() as connection, closing(connection.execute(SELECT_ONE, (packed_id(event_id),))) as rows:
            return next(map(self._entry, rows), None)

    def end(self) -> int:
        """Return the offset of the last entry, 0 if there is none; costs nothing."""
        return self._end

    def wait_beyond(self, offset: int, timeout: float | None = None) -> bool:
        """Wait until the log holds an entry greater than `offset`; False after `timeout` seconds or once closed."""
        with self._grown:
            self._grown.wait_for(lambda: self._end > offset or self._woken or self._closed, timeout)
            self._woken = False
            return self._end > offset

    def wake(self) -> None:
        """End the wait that is under way, else the next one: there is something to do other than new entries."""
        with self._grown:
            self._woken = True
            self._grown.notify_all()

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that can only read. Errors of SQLite become `LogUnavailable`."""
        try:
            connection = self._borrow()
            try:
                yield connection
            except BaseException:
                connection.close()
                raise
            self._give_back(connection)
        except sqlite3.Error as error:
            raise LogUnavailable(f"The event log cannot be read: {error}.") from error

    def close(self) -> None:
        """Write what is queued, release waiting readers and close the file."""
        with self._grown:
            self._closed = True
            self._grown.notify_all()
        self._writer.close()
        while self._idle:
            self._idle.pop().close()

    def _connect(self) -> sqlite3.Connection:
        if self._id and not self.path.exists():
            # Never make a second log in the place of one that this process has acknowledged events of.
            raise LogUnavailable(f"{self.path} is gone")
        connection = open_database(self.path, MIGRATIONS)
        try:
            self._identify(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _identify(self, connection: sqlite3.Connection) -> None:
        found = _identity(connection)
        if self._id not in ("", found):
            raise LogUnavailable(f"{self.path} is now another log, {found} instead of {self._id}")
        self._id = found

    def _committed(self, connection: sqlite3.Connection) -> None:
        (end,) = connection.execute("SELECT ifnull(max(offset), 0) FROM entry").fetchone()
        with self._grown:
            self._end = end
            self._grown.notify_all()

    def _borrow(self) -> sqlite3.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            return open_reader(self.path)

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._grown:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()

    def _row(self, draft: Draft) -> _Row:
        warnings = json.dumps(draft.warnings) if draft.warnings else None
        return (packed_id(draft.event_id), draft.kind, warnings, *self._codec.encode(draft.body))

    def _entry(self, row: tuple[int, bytes | str, bytes, int, str, str]) -> LogEntry:
        offset, event_id, body, encoding, received_at, kind = row
        return LogEntry(offset, unpacked_id(event_id), self._codec.decode(body, encoding), received_at, kind)


class _Codec(threading.local):
    """zstd at level 1, where that is smaller: 17 microseconds for an event of 11 kB, a sixth of its size."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=1)
        self._decompressor = zstandard.ZstdDecompressor()

    def encode(self, body: bytes) -> tuple[int, bytes]:
        compressed = self._compressor.compress(body)
        return (ZSTD, compressed) if len(compressed) < len(body) else (PLAIN, body)

    def decode(self, body: bytes, encoding: int) -> bytes:
        return self._decompressor.decompress(body) if encoding == ZSTD else body


def packed_id(event_id: str) -> bytes | str:
    """Return the event id as the file keeps it: a SHA-256 in hex as its 32 bytes, any other text as it is."""
    try:
        packed = bytes.fromhex(event_id)
    except ValueError:
        return event_id
    return packed if len(packed) == 32 and packed.hex() == event_id else event_id


def unpacked_id(stored: bytes | str) -> str:
    """Return the event id that `packed_id` packed."""
    return stored.hex() if isinstance(stored, bytes) else stored


def _insert(connection: sqlite3.Connection, rows: Sequence[_Row]) -> list[int]:
    now = utc_now()
    return [_insert_one(connection, row, now) for row in rows]


def _insert_one(connection: sqlite3.Connection, row: _Row, now: str) -> int:
    event_id, kind, warnings, encoding, body = row
    cursor = connection.execute(INSERT, (event_id, kind, now, warnings, encoding, body))
    if cursor.rowcount == 1 and cursor.lastrowid is not None:
        if kind == DECISION:
            connection.execute("INSERT INTO decision VALUES (?)", (cursor.lastrowid,))
        return cursor.lastrowid
    (offset,) = connection.execute("SELECT offset FROM entry WHERE event_id = ?", (event_id,)).fetchone()
    return int(offset)


def _identity(connection: sqlite3.Connection) -> str:
    """Return the log's UUID; the first to ask makes it."""
    connection.execute(
        "INSERT INTO log SELECT ?, ? WHERE NOT EXISTS (SELECT 1 FROM log)", (str(uuid.uuid4()), utc_now())
    )
    (found,) = connection.execute("SELECT id FROM log").fetchone()
    return str(found)


def _within(entries: Iterable[LogEntry], max_bytes: int) -> Iterator[LogEntry]:
    size = 0
    for entry in entries:
        size += len(entry.body)
        if size > max_bytes and size > len(entry.body):
            return
        yield entry
