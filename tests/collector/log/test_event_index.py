"""The event index: statuses, lists, retry, and the bounded store of rejected bodies."""

import hashlib
import os
import sqlite3
from pathlib import Path

import pytest
from headwater_collector.errors import LogUnavailable, SetupError
from headwater_collector.log.event_index import EventIndex, Status
from headwater_collector.log.eventlog import Draft
from headwater_collector.log.sqlite_log import SqliteEventLog

from tests.waiting import PATIENCE


@pytest.fixture
def ten(log: SqliteEventLog) -> list[str]:
    """The ids of ten events in the log."""
    ids = [hashlib.sha256(bytes([number])).hexdigest() for number in range(10)]
    log.append([Draft(event_id, event_id.encode(), (f"warning {k}",) if k else ()) for k, event_id in enumerate(ids)])
    return ids


def test_an_event_that_nobody_knows(index: EventIndex) -> None:
    assert index.find("ab" * 32) is None
    assert index.find("no such id") is None
    assert index.body("ab" * 32) is None
    assert not index.retry("ab" * 32)


def test_the_way_of_an_event(index: EventIndex, log: SqliteEventLog, ten: list[str]) -> None:
    index.mark_applied_through(4)
    index.mark_failed(3, "cannot be projected")
    applied, failed, accepted = index.find(ten[1]), index.find(ten[2]), index.find(ten[4])
    assert applied
    assert failed
    assert accepted
    assert (applied.status, applied.offset, applied.reason, applied.warnings) == (
        Status.APPLIED,
        2,
        None,
        ("warning 1",),
    )
    assert (failed.status, failed.offset, failed.reason) == (Status.FAILED, 3, "cannot be projected")
    assert (accepted.status, accepted.offset) == (Status.ACCEPTED, 5)
    assert accepted.received_at == log.read(4, 1)[0].received_at
    assert index.body(ten[2]) == ten[2].encode()


def test_a_failed_event_beyond_what_is_applied(index: EventIndex, ten: list[str]) -> None:
    index.mark_failed(8, "broken")
    assert index.find(ten[7]).status is Status.FAILED  # type: ignore[union-attr]
    assert index.counts() == {
        Status.ACCEPTED: 9,
        Status.APPLIED: 0,
        Status.FAILED: 1,
        Status.EXCLUDED: 0,
        Status.REJECTED: 0,
    }
    index.mark_applied_through(10)
    assert index.counts() == {
        Status.ACCEPTED: 0,
        Status.APPLIED: 9,
        Status.FAILED: 1,
        Status.EXCLUDED: 0,
        Status.REJECTED: 0,
    }
    index.mark_applied_through(0)
    assert index.counts()[Status.ACCEPTED] == 9


def test_lists_go_from_the_newest_in_pages(index: EventIndex, ten: list[str]) -> None:
    index.mark_applied_through(6)
    for offset in (2, 5, 9):
        index.mark_failed(offset, "broken")
    expected = {
        None: list(range(10, 0, -1)),
        Status.ACCEPTED: [10, 8, 7],
        Status.APPLIED: [6, 4, 3, 1],
        Status.FAILED: [9, 5, 2],
    }
    for status, offsets in expected.items():
        found: list[int | None] = []
        before = None
        while page := index.list_events(status, before, limit=2):
            assert status is None or {event.status for event in page} == {status}
            found += [event.offset for event in page]
            before = page[-1].cursor
        assert found == offsets, status


def test_retry(index: EventIndex, log: SqliteEventLog, ten: list[str]) -> None:
    index.mark_applied_through(10)
    for offset in (2, 5, 9):
        index.mark_failed(offset, "broken")
    assert index.retries() == []
    assert index.retry(ten[4])
    assert not index.retry(ten[5]), "has not failed"
    assert not log.wait_beyond(10, PATIENCE), "the projector is woken at once"
    assert index.retries() == [5]
    assert index.find(ten[4]).retrying  # type: ignore[union-attr]

    index.mark_failed(5, "broken again")
    assert index.retries() == []
    assert index.find(ten[4]).reason == "broken again"  # type: ignore[union-attr]

    assert index.retry_all() == 3
    assert index.retries() == [2, 5, 9]
    index.clear_failed(5)
    assert index.retries() == index.failed() == [2, 9]
    assert index.find(ten[4]).status is Status.APPLIED  # type: ignore[union-attr]


def test_losing_the_index_loses_no_failed_event(log: SqliteEventLog, tmp_path: Path, ten: list[str]) -> None:
    first = EventIndex(log, tmp_path / "index.db")
    first.mark_applied_through(7)
    first.mark_failed(3, "broken")
    first.retry(ten[2])
    first.close()
    (tmp_path / "index.db").unlink()
    second = EventIndex(log, tmp_path / "index.db")
    assert second.failed() == second.retries() == [3]
    assert second.applied_through() == 0
    second.close()


def test_what_is_applied_is_known_after_a_restart(log: SqliteEventLog, tmp_path: Path, ten: list[str]) -> None:
    first = EventIndex(log, tmp_path / "index.db")
    first.mark_applied_through(7)
    first.close()
    second = EventIndex(log, tmp_path / "index.db")
    assert second.applied_through() == 7
    second.close()


def test_a_damaged_index_is_made_anew(log: SqliteEventLog, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "index.db").write_bytes(b"no database" * 1_000)
    index = EventIndex(log, tmp_path / "index.db")
    index.mark_applied_through(1)
    index.close()
    assert "made anew" in caplog.text


def test_a_newer_index_is_refused(log: SqliteEventLog, tmp_path: Path) -> None:
    EventIndex(log, tmp_path / "index.db").close()
    connection = sqlite3.connect(tmp_path / "index.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(SetupError, match="newer"):
        EventIndex(log, tmp_path / "index.db")


def test_marking_in_a_closed_log(index: EventIndex, log: SqliteEventLog) -> None:
    log.close()
    with pytest.raises(LogUnavailable):
        index.mark_failed(1, "broken")


class TestRejected:
    def test_kept_with_its_reason(self, index: EventIndex) -> None:
        body = b'{"eventType": "START"'
        rejected_id = index.record_rejected(body, "not JSON: ends too early", 400)
        assert rejected_id == hashlib.sha256(body).hexdigest()
        found = index.find(rejected_id)
        assert found
        assert (found.status, found.reason, found.http_status) == (Status.REJECTED, "not JSON: ends too early", 400)
        assert (found.offset, found.truncated) == (None, False)
        assert index.body(rejected_id) == body

    def test_the_first_mib_is_kept(self, index: EventIndex) -> None:
        body = os.urandom(1024 * 1024 + 1)
        rejected_id = index.record_rejected(body, "too large", 413)
        found = index.find(rejected_id)
        assert found
        assert found.truncated
        assert index.body(rejected_id) == body[:-1]

    def test_the_same_again_is_kept_once_as_the_newest(self, index: EventIndex) -> None:
        first = index.record_rejected(b"1", "a", 400)
        second = index.record_rejected(b"2", "b", 400)
        assert index.record_rejected(b"1", "c", 422) == first
        assert [(event.id, event.reason) for event in index.list_events(Status.REJECTED)] == [
            (first, "c"),
            (second, "b"),
        ]
        assert index.counts()[Status.REJECTED] == 2

    def test_the_oldest_is_dropped_by_count(self, log: SqliteEventLog, tmp_path: Path) -> None:
        for _ in range(2):  # The bounds hold over a restart.
            index = EventIndex(log, tmp_path / "index.db", max_rejected=3)
            ids = [index.record_rejected(bytes([k]), "", 400) for k in range(5)]
            assert [event.id for event in index.list_events(Status.REJECTED)] == ids[:1:-1]
            assert index.find(ids[1]) is None
            assert index.counts()[Status.REJECTED] == 3
            index.close()

    def test_the_oldest_is_dropped_by_bytes(self, log: SqliteEventLog, tmp_path: Path) -> None:
        index = EventIndex(log, tmp_path / "index.db", max_rejected_bytes=10_000)
        small = [index.record_rejected(os.urandom(4_000), "", 400) for _ in range(4)]
        assert [event.id for event in index.list_events(Status.REJECTED)] == small[:1:-1]
        large = index.record_rejected(os.urandom(20_000), "", 400)
        assert [event.id for event in index.list_events(Status.REJECTED)] == [large]
        index.close()

    def test_pages(self, index: EventIndex) -> None:
        ids = [index.record_rejected(bytes([k]), "", 400) for k in range(5)]
        page = index.list_events(Status.REJECTED, limit=3)
        rest = index.list_events(Status.REJECTED, before=page[-1].cursor, limit=3)
        assert [event.id for event in page + rest] == ids[::-1]
