"""The data folder: where log, index, keys and the managed Neo4j are, and the lock of the server that runs on it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from headwater_collector.errors import SetupError
from headwater_collector.file_lock import try_lock


class DataFolder:
    """A folder that belongs to one Headwater; what is missing is made with mode 0700."""

    def __init__(self, path: Path | None = None) -> None:
        """Take `path`, or the user's data folder as the platform has it. Raises `SetupError` if it cannot be used."""
        self.path = (path or _default()).expanduser().absolute()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise SetupError(_unusable(self.path, error)) from error
        if not os.access(self.path, os.R_OK | os.W_OK | os.X_OK):
            raise SetupError(_unusable(self.path, "no permission to write"))

    @property
    def log(self) -> Path:
        """The event log: the truth. Losing it loses what was received."""
        return self.path / "log.db"

    @property
    def index(self) -> Path:
        """The event index: may be lost."""
        return self.path / "index.db"

    @property
    def keys(self) -> Path:
        """The API keys, hashed."""
        return self.path / "keys.json"

    @property
    def neo4j(self) -> Path:
        """The folder of the managed Neo4j."""
        return self.path / "neo4j"

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the folder for this process; raises `SetupError` with the holder's process id if another has it."""
        with self._open_lock() as file:
            if not try_lock(file):
                raise SetupError(self._held(file))
            _write_holder(file)
            try:
                yield
            finally:
                file.seek(0)
                file.truncate()

    def holder(self) -> int | None:
        """Return the process id of the server that runs on this folder, None if there is none or it cannot be known."""
        with self._open_lock() as file:
            return None if try_lock(file) else _read_holder(file)

    def _open_lock(self) -> IO[str]:
        try:
            descriptor = os.open(self.path / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SetupError(_unusable(self.path, error)) from error
        return os.fdopen(descriptor, "r+", encoding="utf-8")

    def _held(self, file: IO[str]) -> str:
        holder = _read_holder(file)
        who = f"process {holder}" if holder else "another process"
        return (
            f"The data folder {self.path} is in use by another Headwater, {who}: stop that one, "
            "or give this one a folder of its own with --data-dir or HEADWATER_DATA_DIR."
        )


def _default() -> Path:
    # Imported here: `headwater --help` has no use for it.
    from platformdirs import user_data_path

    return user_data_path("headwater", appauthor=False)


def _write_holder(file: IO[str]) -> None:
    file.seek(0)
    file.truncate()
    file.write(f"{os.getpid()}\n")
    file.flush()


def _read_holder(file: IO[str]) -> int | None:
    file.seek(0)
    text = file.read().strip()
    return int(text) if text.isdigit() else None


def _unusable(path: Path, why: object) -> str:
    return f"The data folder {path} cannot be used ({why}): choose another with --data-dir or HEADWATER_DATA_DIR."
