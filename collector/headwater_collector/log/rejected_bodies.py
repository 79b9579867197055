"""The newest rejected bodies, kept to be looked at: bounded by count and bytes, the oldest dropped first."""

import hashlib
import sqlite3
from dataclasses import dataclass

import zstandard

from headwater_collector.clock import utc_now
from headwater_collector.log.sqlite_log import packed_id, unpacked_id

MAX_BODY = 1024 * 1024
"""No more than the first MiB of a body is kept."""

TABLE = """
    CREATE TABLE rejected (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        id BLOB NOT NULL UNIQUE,
        http_status INTEGER NOT NULL,
        reason TEXT NOT NULL,
        received_at TEXT NOT NULL,
        size INTEGER NOT NULL,
        stored INTEGER NOT NULL,
        body BLOB NOT NULL
    )
"""
SELECT = "SELECT position, id, http_status, reason, received_at, size FROM rejected"


@dataclass(frozen=True, slots=True)
class RejectedBody:
    """A body that was refused; `id` is its SHA-256, `size` its length in bytes as far as it was received."""

    id: str
    position: int
    http_status: int
    reason: str
    received_at: str
    size: int

    @property
    def truncated(self) -> bool:
        """Whether only its first MiB is kept."""
        return self.size > MAX_BODY


class RejectedBodies:
    """The table `rejected` on a connection that the caller guards; raises `sqlite3.Error`."""

    def __init__(self, connection: sqlite3.Connection, max_count: int, max_bytes: int) -> None:
        self._connection = connection
        self._max_count = max_count
        self._max_bytes = max_bytes
        self._count: int
        self._bytes: int
        self._count, self._bytes = connection.execute(
            "SELECT count(*), ifnull(sum(stored), 0) FROM rejected"
        ).fetchone()

    def record(self, rejected_id: str, body: bytes, reason: str, http_status: int) -> None:
        """Keep the body; the same body again replaces the earlier one and counts as the newest."""
        stored = zstandard.ZstdCompressor(level=1).compress(body[:MAX_BODY])
        row = (packed_id(rejected_id), http_status, reason, utc_now(), len(body), len(stored), stored)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            count, size = self._delete("id = ?", row[0])
            self._connection.execute(
                "INSERT INTO rejected (id, http_status, reason, received_at, size, stored, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?)",
                row,
            )
            count, size = self._drop_oldest(self._count - count + 1, self._bytes - size + len(stored))
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            raise
        self._count, self._bytes = count, size

    def count(self) -> int:
        """Return how many are kept."""
        return self._count

    def find(self, rejected_id: str) -> RejectedBody | None:
        """Return the rejected body with this id, if it is kept."""
        row = self._connection.execute(f"{SELECT} WHERE id = ?", (packed_id(rejected_id),)).fetchone()
        return _rejected(row) if row else None

    def body(self, rejected_id: str) -> bytes | None:
        """Return the bytes kept of it: all, or the first MiB."""
        row = self._connection.execute("SELECT body FROM rejected WHERE id = ?", (packed_id(rejected_id),)).fetchone()
        return zstandard.ZstdDecompressor().decompress(row[0]) if row else None

    def newest(self, before: int, limit: int) -> list[RejectedBody]:
        """Return up to `limit` with a position less than `before`, newest first."""
        rows = self._connection.execute(
            f"{SELECT} WHERE position < ? ORDER BY position DESC LIMIT ?", (before, limit)
        ).fetchall()
        return [_rejected(row) for row in rows]

    def _drop_oldest(self, count: int, size: int) -> tuple[int, int]:
        while count > 1 and (count > self._max_count or size > self._max_bytes):
            dropped, freed = self._delete("position = (SELECT min(position) FROM rejected)")
            count, size = count - dropped, size - freed
        return count, size

    def _delete(self, condition: str, *values: object) -> tuple[int, int]:
        """Delete the rows and return how many and of how many bytes they were."""
        count, size = self._connection.execute(
            f"SELECT count(*), ifnull(sum(stored), 0) FROM rejected WHERE {condition}",  # noqa: S608
            values,
        ).fetchone()
        if count:
            self._connection.execute(f"DELETE FROM rejected WHERE {condition}", values)  # noqa: S608
        return count, size


def digest_of(body: bytes) -> str:
    """Return the id of a rejected body: the SHA-256 of its bytes, in hex."""
    return hashlib.sha256(body).hexdigest()


def _rejected(row: tuple[int, bytes, int, str, str, int]) -> RejectedBody:
    position, packed, http_status, reason, received_at, size = row
    return RejectedBody(unpacked_id(packed), position, http_status, reason, received_at, size)
