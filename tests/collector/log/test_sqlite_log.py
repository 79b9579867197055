"""The contract of every `EventLog`, and what the one in SQLite promises beyond it."""

import asyncio
import os
import re
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from headwater_collector.errors import LogUnavailable, SetupError
from headwater_collector.log.eventlog import Draft, EventLog
from headwater_collector.log.group_commit import GroupCommit
from headwater_collector.log.sqlite_file import open_database
from headwater_collector.log.sqlite_log import SqliteEventLog

from tests.waiting import PATIENCE, killed_after, wait_until

LOGS: list[Callable[[Path], SqliteEventLog]] = [lambda folder: SqliteEventLog(folder / "log.db")]


@pytest.fixture(params=LOGS, ids=["sqlite"])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[EventLog]:
    """Every implementation of the protocol; a new one is added to LOGS."""
    opened = request.param(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_log(tmp_path: Path) -> Iterator[SqliteEventLog]:
    opened = SqliteEventLog(tmp_path / "log.db")
    yield opened
    opened.close()


def drafts(*names: str) -> list[Draft]:
    return [Draft(name, name.encode()) for name in names]


def sha(number: int) -> str:
    return f"{number:064x}"


class TestContract:
    def test_a_new_log_is_empty(self, log: EventLog) -> None:
        assert log.end() == 0
        assert log.read(0, 10) == []

    def test_offsets_count_from_one(self, log: EventLog) -> None:
        assert log.append(drafts("a", "b")) == [1, 2]
        assert log.append(drafts("c")) == [3]
        assert log.end() == 3

    def test_nothing_to_append(self, log: EventLog) -> None:
        assert log.append([]) == []
        assert log.end() == 0

    def test_an_event_that_is_there_keeps_its_offset(self, log: EventLog) -> None:
        log.append(drafts("a", "b"))
        assert log.append(drafts("b", "c", "a")) == [2, 3, 1]
        assert log.end() == 3

    def test_an_event_twice_in_one_append(self, log: EventLog) -> None:
        assert log.append(drafts("a", "a", "b", "a")) == [1, 1, 2, 1]

    def test_the_first_bytes_of_an_event_are_kept(self, log: EventLog) -> None:
        log.append([Draft("a", b'{"x": 1}')])
        log.append([Draft("a", b'{"x":1}')])
        assert [entry.body for entry in log.read(0, 10)] == [b'{"x": 1}']

    @pytest.mark.parametrize(
        "body", [b"", b"\0", b"{}", b"\xff\xfe broken", b'{"k": "v"}' * 2_000, os.urandom(20_000)], ids=len
    )
    def test_bytes_come_back_exactly(self, log: EventLog, body: bytes) -> None:
        log.append([Draft(sha(7), body)])
        (entry,) = log.read(0, 1)
        assert (entry.offset, entry.event_id, entry.body, entry.kind) == (1, sha(7), body, "event")

    @pytest.mark.parametrize(
        "event_id", [sha(0xABC), sha(0xABC).replace("abc", "ABC"), "ab", "", "é", "a" * 64, "ab " * 32]
    )
    def test_any_id_comes_back_exactly(self, log: EventLog, event_id: str) -> None:
        log.append([Draft(event_id, b"1"), Draft("other", b"2")])
        assert log.append([Draft(event_id, b"1")]) == [1]
        assert log.read(0, 1)[0].event_id == event_id

    def test_reading_goes_on_where_it_stopped(self, log: EventLog) -> None:
        log.append(drafts(*"abcdefg"))
        assert [entry.offset for entry in log.read(2, 3)] == [3, 4, 5]
        assert [entry.event_id for entry in log.read(5, 100)] == ["f", "g"]
        assert log.read(7, 100) == []

    def test_received_at_is_utc_with_nanoseconds(self, log: EventLog) -> None:
        log.append(drafts("a"))
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", log.read(0, 1)[0].received_at)

    def test_the_id_is_a_uuid(self, log: EventLog) -> None:
        assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", log.id)
        assert log.id == log.id

    def test_waiting_ends_when_something_is_appended(self, log: EventLog) -> None:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(log.wait_beyond, 1, PATIENCE)
            log.append(drafts("a"))
            assert not waiting.done()
            log.append(drafts("b"))
            assert waiting.result(PATIENCE)
        assert log.wait_beyond(1, 0)

    def test_waiting_ends_with_its_time(self, log: EventLog) -> None:
        assert not log.wait_beyond(0, 0.01)

    def test_many_writers_and_a_reader(self, log: EventLog) -> None:
        writers, each = 8, 200
        read: list[str] = []

        def write(writer: int) -> list[int]:
            offsets = []
            for number in range(0, each, 4):
                offsets += log.append(drafts(*(f"{writer}-{number + k}" for k in range(4))))
            return offsets

        def follow() -> None:
            while len(read) < writers * each and log.wait_beyond(len(read), PATIENCE):
                entries = log.read(len(read), 50)
                assert [entry.offset for entry in entries] == list(range(len(read) + 1, len(read) + 1 + len(entries)))
                read.extend(entry.event_id for entry in entries)

        with ThreadPoolExecutor(writers + 1) as pool:
            following = pool.submit(follow)
            acknowledged = list(pool.map(write, range(writers)))
            following.result(PATIENCE)
        assert sorted(offset for offsets in acknowledged for offset in offsets) == list(range(1, writers * each + 1))
        for writer, offsets in enumerate(acknowledged):
            assert [read[offset - 1] for offset in offsets] == [f"{writer}-{number}" for number in range(each)]

    def test_writers_of_the_same_events_get_the_same_offsets(self, log: EventLog) -> None:
        names = [str(number) for number in range(100)]
        with ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: [log.append(drafts(name))[0] for name in names], range(8)))
        assert all(answer == answers[0] for answer in answers)
        assert sorted(answers[0]) == list(range(1, 101))
        assert log.end() == 100


class TestSqlite:
    def test_opened_again(self, tmp_path: Path) -> None:
        first = SqliteEventLog(tmp_path / "log.db")
        first.append(drafts("a", "b"))
        first.close()
        second = SqliteEventLog(tmp_path / "log.db")
        try:
            assert second.id == first.id
            assert second.end() == 2
            assert second.append(drafts("b", "c")) == [2, 3]
        finally:
            second.close()

    def test_a_path_with_odd_characters(self, tmp_path: Path) -> None:
        folder = tmp_path / "a b?c#d%20é"
        folder.mkdir()
        log = SqliteEventLog(folder / "log.db")
        log.append(drafts("a"))
        assert len(log.read(0, 1)) == 1
        log.close()

    def test_only_the_owner_may_read_the_file(self, sqlite_log: SqliteEventLog) -> None:
        sqlite_log.append(drafts("a"))
        for file in sqlite_log.path.parent.iterdir():
            assert stat.S_IMODE(file.stat().st_mode) == 0o600, file

    def test_bodies_of_16_mib(self, sqlite_log: SqliteEventLog) -> None:
        bodies = [os.urandom(1024) * 16_384, os.urandom(16 * 1024 * 1024)]
        assert sqlite_log.append([Draft(str(k), body) for k, body in enumerate(bodies)]) == [1, 2]
        assert sqlite_log.read(0, 1)[0].body == bodies[0]
        assert sqlite_log.read(1, 1)[0].body == bodies[1]

    def test_a_read_stops_before_it_holds_too_many_bytes(self, sqlite_log: SqliteEventLog) -> None:
        sqlite_log.append([Draft(str(k), bytes(100)) for k in range(10)])
        assert len(sqlite_log.read(0, 10, max_bytes=350)) == 3
        assert len(sqlite_log.read(0, 10, max_bytes=1)) == 1

    def test_warnings_are_kept(self, sqlite_log: SqliteEventLog) -> None:
        sqlite_log.append([Draft("a", b"a", ("no time zone", "é"))])
        with sqlite_log.reading() as connection:
            assert connection.execute("SELECT warnings FROM entry").fetchone() == ('["no time zone", "\\u00e9"]',)

    def test_appending_from_coroutines(self, sqlite_log: SqliteEventLog) -> None:
        async def many() -> list[list[int]]:
            return await asyncio.gather(*(sqlite_log.append_async(drafts(f"{k}", f"{k}+")) for k in range(100)))

        answers = asyncio.run(many())
        assert sorted(offset for answer in answers for offset in answer) == list(range(1, 201))
        entries = {entry.offset: entry.event_id for entry in sqlite_log.read(0, 1_000)}
        assert [[entries[offset] for offset in answer] for answer in answers] == [[f"{k}", f"{k}+"] for k in range(100)]
        # A second loop in the same process works too.
        assert asyncio.run(sqlite_log.append_async(drafts("last"))) == [201]

    def test_a_cancelled_coroutine_disturbs_no_other(self, sqlite_log: SqliteEventLog) -> None:
        async def main() -> list[int]:
            lost = asyncio.create_task(sqlite_log.append_async(drafts("lost")))
            kept = asyncio.create_task(sqlite_log.append_async(drafts("kept")))
            await asyncio.sleep(0)
            lost.cancel()
            return await kept

        (offset,) = asyncio.run(main())
        assert sqlite_log.read(offset - 1, 1)[0].event_id == "kept"

    def test_coroutines_learn_of_a_failure(self, sqlite_log: SqliteEventLog) -> None:
        async def main() -> list[Any]:
            appends = (sqlite_log.append_async(drafts(str(k))) for k in range(3))
            return await asyncio.gather(*appends, return_exceptions=True)

        sqlite_log.close()
        assert [type(answer) for answer in asyncio.run(main())] == [LogUnavailable] * 3

    def test_what_is_queued_together_shares_a_commit(self, tmp_path: Path) -> None:
        commits: list[int] = []

        def connect() -> sqlite3.Connection:
            return open_database(tmp_path / "work.db", [["CREATE TABLE done (work INTEGER)"]])

        def committed(connection: sqlite3.Connection) -> None:
            commits.append(connection.execute("SELECT count(*) FROM done").fetchone()[0])

        entered, release = threading.Event(), threading.Event()

        def hold(connection: sqlite3.Connection) -> None:
            entered.set()
            release.wait(PATIENCE)

        writer = GroupCommit(connect, committed, "test")
        writer.submit(hold)
        assert entered.wait(PATIENCE)
        queued = [writer.submit(lambda c: c.execute("INSERT INTO done VALUES (1)").rowcount) for _ in range(50)]
        assert queued[7].cancel()
        release.set()
        writer.close()
        assert commits == [0, 0, 49]
        assert [future.cancelled() or future.result(0) for future in queued] == [1] * 50

    def test_a_reader_does_not_hold_up_the_writer(self, sqlite_log: SqliteEventLog) -> None:
        sqlite_log.append(drafts("a", "b"))
        with sqlite_log.reading() as connection:
            rows = connection.execute("SELECT offset FROM entry")
            assert rows.fetchone() == (1,)
            assert sqlite_log.append(drafts("c")) == [3]
            assert rows.fetchall() == [(2,)]

    def test_a_reader_cannot_write(self, sqlite_log: SqliteEventLog) -> None:
        with pytest.raises(LogUnavailable), sqlite_log.reading() as connection:
            connection.execute("DELETE FROM entry")

    def test_a_failed_transaction_acknowledges_nothing_and_leaves_no_gap(self, sqlite_log: SqliteEventLog) -> None:
        sqlite_log.append(drafts("a"))
        entered, release = threading.Event(), threading.Event()

        def fail(connection: sqlite3.Connection) -> None:
            raise sqlite3.OperationalError("disk I/O error")

        def hold(connection: sqlite3.Connection) -> None:
            entered.set()
            release.wait(PATIENCE)

        with ThreadPoolExecutor(2) as pool:
            held = pool.submit(sqlite_log.write, hold)
            assert entered.wait(PATIENCE)
            before = sqlite_log.submit(drafts("b", "c"))
            failing = pool.submit(sqlite_log.write, fail)
            _until_queued(sqlite_log, 2)
            after = sqlite_log.submit(drafts("d"))
            release.set()
            held.result(PATIENCE)
        for future in (before, after, failing):
            assert isinstance(_error(future), LogUnavailable)
        assert sqlite_log.problem == "The event log cannot be written: disk I/O error."
        assert [entry.event_id for entry in sqlite_log.read(0, 10)] == ["a"]
        assert sqlite_log.append(drafts("d", "b")) == [2, 3]
        assert sqlite_log.problem is None

    def test_a_file_that_vanishes_is_not_made_anew(self, sqlite_log: SqliteEventLog) -> None:
        sqlite_log.append(drafts("a"))
        with pytest.raises(LogUnavailable):
            sqlite_log.write(lambda connection: connection.execute("nonsense"))
        away = sqlite_log.path.with_suffix(".away")
        sqlite_log.path.rename(away)
        with pytest.raises(LogUnavailable, match="is gone"):
            sqlite_log.append(drafts("b"))
        away.rename(sqlite_log.path)
        assert sqlite_log.append(drafts("b")) == [2]

    def test_a_closed_log_refuses(self, sqlite_log: SqliteEventLog) -> None:
        sqlite_log.append(drafts("a"))
        sqlite_log.close()
        with pytest.raises(LogUnavailable, match="closed"):
            sqlite_log.append(drafts("b"))
        assert not sqlite_log.wait_beyond(1)

    def test_closing_releases_who_waits(self, sqlite_log: SqliteEventLog) -> None:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(sqlite_log.wait_beyond, 0)
            sqlite_log.close()
            assert waiting.result(PATIENCE) is False

    def test_waking_ends_one_wait(self, sqlite_log: SqliteEventLog) -> None:
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(sqlite_log.wait_beyond, 0, PATIENCE)
            sqlite_log.wake()
            assert waiting.result(PATIENCE) is False
            waiting = pool.submit(sqlite_log.wait_beyond, 0, PATIENCE)
            sqlite_log.append(drafts("a"))
            assert waiting.result(PATIENCE) is True

    def test_a_newer_schema_is_refused(self, tmp_path: Path) -> None:
        SqliteEventLog(tmp_path / "log.db").close()
        connection = sqlite3.connect(tmp_path / "log.db")
        connection.execute("PRAGMA user_version = 99")
        connection.close()
        with pytest.raises(SetupError, match=r"newer Headwater \(schema 99, this one knows 2\)"):
            SqliteEventLog(tmp_path / "log.db")

    def test_a_file_of_another_kind_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "log.db").write_bytes(b"no database" * 1_000)
        with pytest.raises(SetupError, match="not a database"):
            SqliteEventLog(tmp_path / "log.db")

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(SetupError, match="cannot be opened"):
            SqliteEventLog(tmp_path / "missing" / "log.db")

    def test_two_who_make_the_log_at_once_make_one(self, tmp_path: Path) -> None:
        with ThreadPoolExecutor(4) as pool:
            logs = list(pool.map(lambda _: SqliteEventLog(tmp_path / "log.db"), range(4)))
        for log in logs:
            log.close()
        assert len({log.id for log in logs}) == 1


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_every_acknowledged_event_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "log.db"
    acknowledged: dict[int, str] = {}
    for round_number, lines in enumerate((40, 150, 400)):
        acknowledged |= _append_and_kill(path, f"round{round_number}", lines)
    log = SqliteEventLog(path)
    try:
        entries = log.read(0, 100_000)
        assert [entry.offset for entry in entries] == list(range(1, log.end() + 1))
        found = {entry.offset: entry.event_id for entry in entries}
        assert acknowledged.items() <= found.items()
        assert all(entry.body == entry.event_id.encode() * 50 for entry in entries)
        assert log.append(drafts("next")) == [len(entries) + 1]
    finally:
        log.close()


def _append_and_kill(path: Path, name: str, lines: int) -> dict[int, str]:
    """Kill a writing process after it acknowledged `lines` events, and return all that it acknowledged."""
    command = [sys.executable, "-m", "tests.collector.log.appending_process", str(path), name]
    root = Path(__file__).parents[3]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as process, killed_after(process):
        assert process.stdout is not None
        read = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        read += process.stdout.readlines()
    whole = [line.split() for line in read if line.endswith("\n")]
    assert len(whole) >= lines
    return {int(offset): event_id for offset, event_id in whole}


def _until_queued(log: SqliteEventLog, works: int) -> None:
    """Return when the writer has this much waiting behind the transaction that it is in."""
    wait_until(lambda: len(log._writer._queue) >= works)


def _error(future: Future[Any]) -> BaseException | None:
    return future.exception(PATIENCE)
