"""SQLite files of the data folder: durable settings, forward-only migrations, and errors that say what to do."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from headwater_collector.errors import SetupError

BUSY_SECONDS = 30.0
"""How long a writer waits for another process that writes the same file."""

Migration = Sequence[str]
"""The statements of one step; the file's `user_version` counts the steps that it has seen."""


def open_database(path: Path, migrations: Sequence[Migration], *, synchronous: str = "FULL") -> sqlite3.Connection:
    """Open the file for writing, made with mode 0600 if it is missing, and bring its schema up to date.

    In WAL mode with ``synchronous=FULL`` a commit has reached the disk when it returns, and readers never wait for the
    writer. The connection is in autocommit mode and may be handed from thread to thread. Raises `SetupError`.
    """
    try:
        path.touch(mode=0o600)
        connection = _connect(path, synchronous)
    except (OSError, sqlite3.Error) as error:
        raise SetupError(_cannot_open(path, error)) from error
    try:
        _migrate(connection, path, migrations)
    except sqlite3.Error as error:
        connection.close()
        raise SetupError(_cannot_open(path, error)) from error
    except SetupError:
        connection.close()
        raise
    return connection


def open_reader(path: Path) -> sqlite3.Connection:
    """Open a file that exists for reading only; may be handed from thread to thread. Raises `sqlite3.Error`."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


def _connect(path: Path, synchronous: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        # Without these, a commit on macOS reaches the drive's cache only.
        connection.execute("PRAGMA fullfsync = ON")
        connection.execute("PRAGMA checkpoint_fullfsync = ON")
        # Fewer, larger checkpoints: 16 MiB of WAL instead of 4 save a sixth of the CPU of an append.
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
        connection.execute("PRAGMA journal_size_limit = 67108864")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Migration]) -> None:
    if _version(connection) == len(migrations):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Read again under the write lock: another process may have migrated the file in between.
        version = _version(connection)
        _refuse_newer(path, version, len(migrations))
        for statements in migrations[version:]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _refuse_newer(path: Path, version: int, known: int) -> None:
    if version > known:
        raise SetupError(
            f"{path} was written by a newer Headwater (schema {version}, this one knows {known}): "
            "upgrade Headwater, or choose another data folder with HEADWATER_DATA_DIR."
        )


def _cannot_open(path: Path, error: Exception) -> str:
    return f"{path} cannot be opened ({error}): check the file, its permissions and the free space of its disk."
