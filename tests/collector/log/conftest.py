"""A log, and an index of it, in a folder of the test's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.sqlite_log import SqliteEventLog


@pytest.fixture
def log(tmp_path: Path) -> Iterator[SqliteEventLog]:
    opened = SqliteEventLog(tmp_path / "log.db")
    yield opened
    opened.close()


@pytest.fixture
def index(log: SqliteEventLog, tmp_path: Path) -> Iterator[EventIndex]:
    opened = EventIndex(log, tmp_path / "index.db")
    yield opened
    opened.close()
