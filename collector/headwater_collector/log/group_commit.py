"""Group commit: one thread that writes whatever is waiting in one transaction, and answers when it is durable."""

import sqlite3
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

from headwater_collector.errors import LogUnavailable

T = TypeVar("T")

MAX_WORKS = 1_000
MAX_BYTES = 32 * 1024 * 1024
"""A transaction takes no more works and bytes than this, so that the first of a burst does not wait for all of it."""


@dataclass(slots=True)
class _Work:
    run: Callable[[sqlite3.Connection], Any]
    size: int
    done: Future[Any] = field(default_factory=Future)


class GroupCommit:
    """A writer thread on one SQLite connection.

    `connect` opens the connection, at once and again after a failure. `committed` is called in the writer thread after
    every commit, before the waiting callers learn of it, and once with every new connection.
    """

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], committed: Callable[[sqlite3.Connection], None], name: str
    ) -> None:
        self._connect = connect
        self._committed = committed
        self._connection: sqlite3.Connection | None = None
        self._queue: deque[_Work] = deque()
        self._wake = threading.Condition()
        self._closed = False
        self.problem: str | None = None
        """Why the last commit failed; None while all is well."""
        self._open()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    def submit(self, run: Callable[[sqlite3.Connection], T], size: int = 0) -> Future[T]:
        """Have `run` called in the next transaction; its result arrives when that is durable.

        The future holds `LogUnavailable` if it could not be made durable. Work whose future is cancelled before its
        transaction begins is not done.
        """
        work = _Work(run, size)
        with self._wake:
            if self._closed:
                raise LogUnavailable("The event log is closed: the server is stopping.")
            self._queue.append(work)
            self._wake.notify()
        return work.done

    def close(self) -> None:
        """Write what is waiting, then end the thread and close the connection."""
        with self._wake:
            self._closed = True
            self._wake.notify()
        self._thread.join()
        self._drop()

    def _serve(self) -> None:
        while works := self._take():
            self._commit([work for work in works if work.done.set_running_or_notify_cancel()])

    def _take(self) -> list[_Work]:
        """Wait for work; nothing means that the log was closed."""
        works: list[_Work] = []
        size = 0
        with self._wake:
            self._wake.wait_for(lambda: self._queue or self._closed)
            while self._queue and len(works) < MAX_WORKS and size < MAX_BYTES:
                works.append(self._queue.popleft())
                size += works[-1].size
        return works

    def _commit(self, works: list[_Work]) -> None:
        try:
            results = self._transact(works)
        except Exception as error:  # Whatever it was, the thread must live and the callers must learn of it.
            self._drop()
            self.problem = f"The event log cannot be written: {error}."
            for work in works:
                work.done.set_exception(LogUnavailable(self.problem))
        else:
            self.problem = None
            for work, result in zip(works, results, strict=True):
                work.done.set_result(result)

    def _transact(self, works: list[_Work]) -> list[Any]:
        connection = self._connection or self._open()
        connection.execute("BEGIN IMMEDIATE")
        results = [work.run(connection) for work in works]
        connection.execute("COMMIT")
        self._committed(connection)
        return results

    def _open(self) -> sqlite3.Connection:
        self._connection = self._connect()
        self._committed(self._connection)
        return self._connection

    def _drop(self) -> None:
        """Give up the connection: what failed in it is rolled back, and a new one reads the truth from the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()
