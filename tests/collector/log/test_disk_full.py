"""A full disk under the log: nothing is acknowledged, nothing acknowledged is lost, and it recovers by itself.

On a file system of 1 MiB of its own (Linux, as root); and, without rights, with a limit on the size of files.
"""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from headwater_collector.errors import LogUnavailable
from headwater_collector.log.event_index import EventIndex, Status
from headwater_collector.log.eventlog import Draft
from headwater_collector.log.sqlite_log import SqliteEventLog

from tests.waiting import PATIENCE

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs tmpfs or RLIMIT_FSIZE as Linux has them")

BODY = 9_000


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip(f"may not mount a tmpfs: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", disk], check=True)


@pytest.fixture
def log(small_disk: Path) -> Iterator[SqliteEventLog]:
    opened = SqliteEventLog(small_disk / "log.db")
    yield opened
    opened.close()


def draft(name: str) -> Draft:
    return Draft(name, os.urandom(BODY))


def fill(log: SqliteEventLog) -> dict[int, str]:
    """Append until the disk is full, and return what was acknowledged."""
    acknowledged: dict[int, str] = {}
    while True:
        name = f"event-{log.end()}"
        try:
            (offset,) = log.append([draft(name)])
        except LogUnavailable as error:
            assert "full" in str(error)  # noqa: PT017 - how many succeed before is not known
            return acknowledged
        acknowledged[offset] = name


def names(log: SqliteEventLog) -> dict[int, str]:
    return {entry.offset: entry.event_id for entry in log.read(0, 100_000)}


def test_nothing_is_acknowledged_and_it_recovers(small_disk: Path, log: SqliteEventLog) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    acknowledged = fill(log)
    assert log.problem is not None
    for _ in range(3):
        with pytest.raises(LogUnavailable):
            log.append([draft("refused"), draft("refused too")])
    assert names(log) == acknowledged, "what is durable can be read while the disk is full"
    ballast.unlink()
    after = log.append([draft("after")])
    assert after == [len(acknowledged) + 1]
    assert log.problem is None
    assert names(log) == {**acknowledged, after[0]: "after"}


def test_full_again_and_again(small_disk: Path, log: SqliteEventLog) -> None:
    ballast = [small_disk / f"ballast{k}" for k in range(3)]
    for file in ballast:
        file.write_bytes(bytes(100_000))
    acknowledged = fill(log)
    for file in ballast:
        file.unlink()
        acknowledged |= fill(log)
    assert names(log) == acknowledged
    assert list(acknowledged) == list(range(1, len(acknowledged) + 1))


def test_the_log_opens_again_after_the_server_died_on_a_full_disk(small_disk: Path, log: SqliteEventLog) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    acknowledged = fill(log)
    log.close()
    ballast.unlink()
    again = SqliteEventLog(log.path)
    try:
        assert again.id == log.id
        assert names(again) == acknowledged
        assert again.append([draft("after")]) == [len(acknowledged) + 1]
    finally:
        again.close()


def test_everyone_in_a_failed_commit_learns_of_it(small_disk: Path, log: SqliteEventLog) -> None:
    acknowledged = fill(log)
    futures = [log.submit([draft(str(k))]) for k in range(20)]
    for future in futures:
        with contextlib.suppress(LogUnavailable):
            (offset,) = future.result(PATIENCE)
            acknowledged[offset] = str(futures.index(future))
    assert names(log) == acknowledged


def test_the_index_goes_on_without_room(small_disk: Path, log: SqliteEventLog) -> None:
    index = EventIndex(log, small_disk / "index.db")
    try:
        ballast = small_disk / "ballast"
        ballast.write_bytes(bytes(300_000))
        fill(log)
        rejected = index.record_rejected(os.urandom(500_000), "not JSON", 400)
        assert index.find(rejected) is None
        index.mark_applied_through(3)
        assert index.counts()[Status.APPLIED] == 3
        with pytest.raises(LogUnavailable):
            index.mark_failed(1, os.urandom(BODY * 10).hex())
        ballast.unlink()
        assert index.find(index.record_rejected(b"{", "not JSON", 400)) is not None
        index.mark_failed(1, "cannot be projected")
        assert index.failed() == [1]
    finally:
        index.close()


LIMITED = """
import os, resource, sys
from pathlib import Path
from headwater_collector.errors import LogUnavailable
from headwater_collector.log.eventlog import Draft
from headwater_collector.log.sqlite_log import SqliteEventLog

log = SqliteEventLog(Path(sys.argv[1]))
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, resource.RLIM_INFINITY))
acknowledged = 0
try:
    while True:
        assert log.append([Draft(str(acknowledged), os.urandom(9_000))]) == [acknowledged + 1]
        acknowledged += 1
except LogUnavailable as error:
    assert log.problem == str(error)
assert len(log.read(0, 1_000)) == acknowledged > 10
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert log.append([Draft("after", b"after")]) == [acknowledged + 1]
assert log.problem is None
log.close()
"""


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path / "log.db")], check=True, timeout=PATIENCE)
