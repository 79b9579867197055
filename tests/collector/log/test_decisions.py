"""Operators' decisions: entries of the log, statuses of events, HTTP and command line."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from headwater_collector.api_keys import Role
from headwater_collector.errors import NotFound
from headwater_collector.log.decision import MAX_REASON, Decision, DecisionKind, recorded_decision
from headwater_collector.log.decisions import Decisions
from headwater_collector.log.event_index import EventIndex, Status
from headwater_collector.log.eventlog import DECISION, EVENT, Draft
from headwater_collector.log.sqlite_log import SqliteEventLog

from tests.collector.events import encoded, run_event
from tests.collector.serving import Served, serving
from tests.collector.test_cli import Capture, answer, run

IDS = [f"{number:064x}" for number in range(4)]
API = "/api/headwater/v1"


@pytest.fixture
def log(log: SqliteEventLog) -> SqliteEventLog:
    """A log that holds four events."""
    log.append([Draft(event_id, b"{}") for event_id in IDS])
    return log


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    with serving(tmp_path) as it:
        monkeypatch.setenv("HEADWATER_URL", it.url)
        monkeypatch.setenv("HEADWATER_DATA_DIR", str(tmp_path))
        yield it


def accept(served: Served, count: int) -> list[str]:
    for i in range(count):
        assert served.http.post("/api/v1/lineage", content=encoded(run_event(f"job {i}"))).status_code == 201
    return [event.id for event in served.services.index.list_events(limit=count)]


def test_a_decision_is_read_back_as_it_was_made(log: SqliteEventLog) -> None:
    made = Decision(DecisionKind.ALIAS_RULE, "rule-1", "ann", "why", {"from": {"name": "x"}})
    log.append([made.draft()])
    (entry,) = log.decisions(log.end())
    assert (entry.kind, entry.event_id, recorded_decision(entry)) == (DECISION, made.id, made)


def test_decisions_stand_in_order_with_the_events(log: SqliteEventLog) -> None:
    assert Decisions(log).exclude(IDS[1:3], "ann", "wrong").offset == 6
    log.append([Draft("later", b"{}")])
    assert [entry.kind for entry in log.read(3, 10)] == [EVENT, DECISION, DECISION, EVENT]
    first, second = map(recorded_decision, log.decisions(log.end()))
    assert (first.subject, second.subject) == (IDS[1], IDS[2])
    assert (first.kind, first.by, first.reason) == (DecisionKind.EXCLUDE, "ann", "wrong")
    assert first.at.endswith("Z")
    assert log.decisions(5) == log.read(4, 1)


def test_decisions_are_there_after_the_log_was_opened_again(log: SqliteEventLog, index: EventIndex) -> None:
    Decisions(log).exclude([IDS[0]], "ann", "r" * 3_000)
    again = SqliteEventLog(log.path)
    (listed,) = Decisions(again).newest()
    assert (listed.decision.subject, len(listed.decision.reason)) == (IDS[0], MAX_REASON)
    again.close()


def test_the_same_decision_twice_is_one(log: SqliteEventLog) -> None:
    decisions = Decisions(log)
    assert decisions.exclude([IDS[0], IDS[0]], "ann").decided == (IDS[0],)
    again = decisions.exclude(IDS[:2], "ann")
    assert (again.decided, again.unchanged) == ((IDS[1],), (IDS[0],))
    nothing = decisions.include([IDS[2]], "ann")
    assert (nothing.decided, nothing.unchanged, nothing.offset) == ((), (IDS[2],), 0)
    assert log.end() == 6


def test_an_unknown_event_decides_nothing(log: SqliteEventLog) -> None:
    decisions = Decisions(log)
    with pytest.raises(NotFound, match="'unheard' is in the log, so nothing was decided"):
        decisions.exclude([IDS[0], "unheard"], "ann")
    assert log.end() == 4
    decisions.exclude([IDS[0]], "ann")
    with pytest.raises(NotFound):
        decisions.exclude([log.decisions(5)[0].event_id], "ann")  # a decision is no event


def test_statuses_and_counts(log: SqliteEventLog, index: EventIndex) -> None:
    index.mark_applied_through(4)
    index.mark_failed(2, "odd")
    Decisions(log).exclude(IDS[:2], "ann", "wrong")
    shown = {event.id: (event.status, event.reason) for event in index.list_events()}
    assert shown == {
        IDS[0]: (Status.EXCLUDED, "wrong"),
        IDS[1]: (Status.EXCLUDED, "wrong"),
        IDS[2]: (Status.APPLIED, None),
        IDS[3]: (Status.APPLIED, None),
    }
    assert [event.id for event in index.list_events(Status.EXCLUDED)] == [IDS[1], IDS[0]]
    assert index.list_events(Status.FAILED) == []
    assert index.counts() == {
        Status.ACCEPTED: 0,
        Status.APPLIED: 2,
        Status.FAILED: 0,
        Status.EXCLUDED: 2,
        Status.REJECTED: 0,
    }
    assert (index.retry(IDS[1]), index.retry_all()) == (False, 0)
    assert index.find(log.decisions(5)[0].event_id) is None
    Decisions(log).include([IDS[1]], "ann")
    assert index.find(IDS[1]).status is Status.FAILED  # type: ignore[union-attr]


def test_a_log_of_the_version_before_is_taken_over(tmp_path: Path) -> None:
    import sqlite3

    SqliteEventLog(tmp_path / "log.db").close()
    with sqlite3.connect(tmp_path / "log.db") as connection:
        connection.executescript("DROP TABLE decision; DROP TABLE exclusion; PRAGMA user_version = 1")
    connection.close()
    log = SqliteEventLog(tmp_path / "log.db")
    log.append([Draft(IDS[0], b"{}")])
    assert Decisions(log).exclude([IDS[0]], "ann").offset == 2
    log.close()


def test_excluding_over_http(served: Served) -> None:
    _, older = accept(served, 2)
    chosen = {"events": [older], "reason": "the clock was wrong"}
    answered = served.http.post(f"{API}/events/exclude", json=chosen)
    assert answered.json() == {"excluded": [older], "unchanged": [], "offset": 3}
    event = served.http.get(f"{API}/events/{older}").json()
    assert (event["status"], event["reason"]) == ("excluded", "the clock was wrong")
    again = served.http.post(f"{API}/events/exclude", json=chosen).json()
    assert again == {"excluded": [], "unchanged": [older], "offset": None}
    refused = served.http.post(f"{API}/events/{older}/retry")
    assert (refused.status_code, "is excluded" in refused.json()["detail"]) == (400, True)
    assert served.http.post(f"{API}/events/include", json={"events": [older]}).json()["included"] == [older]
    page = served.http.get(f"{API}/decisions?limit=1").json()
    (decided,) = page["decisions"]
    assert (decided["decision"], decided["subject"], decided["by"], decided["status"]) == (
        "include",
        older,
        "local",
        "accepted",
    )
    served.services.index.mark_applied_through(4)
    served.services.index.mark_failed(3, "odd")
    (first,) = served.http.get(f"{API}/decisions?cursor={page['nextCursor']}").json()["decisions"]
    assert (first["offset"], first["status"], first["failure"]) == (3, "failed", "odd")


def test_errors_over_http(served: Served) -> None:
    assert served.http.post(f"{API}/events/exclude", json={"events": ["unheard"]}).status_code == 404
    wrongs: list[object] = [{}, {"events": []}, {"events": [1]}, {"events": ["a"], "reason": "r" * 2_001}]
    for wrong in wrongs:
        assert served.http.post(f"{API}/events/exclude", json=wrong).status_code == 400
    assert served.http.get(f"{API}/decisions?cursor=x").status_code == 400


def test_only_administrators_decide(served: Served) -> None:
    (event_id,) = accept(served, 1)
    keys = {role: served.services.keys.create(f"a {role}", role)[1] for role in Role}
    for role in (Role.EMIT, Role.READ):
        for verb in ("exclude", "include"):
            headers = {"Authorization": f"Bearer {keys[role]}"}
            refused = served.http.post(f"{API}/events/{verb}", json={"events": [event_id]}, headers=headers)
            assert refused.status_code == 403
    headers = {"Authorization": f"Bearer {keys[Role.ADMIN]}"}
    assert served.http.post(f"{API}/events/exclude", json={"events": [event_id]}, headers=headers).status_code == 200
    headers = {"Authorization": f"Bearer {keys[Role.READ]}"}
    (decided,) = served.http.get(f"{API}/decisions", headers=headers).json()["decisions"]
    assert decided["by"] == "a admin"


def test_the_command_line(served: Served, capsys: Capture) -> None:
    _, older = accept(served, 2)
    code, out, _ = run(capsys, "events", "exclude", older, "--reason", "dated 2099")
    assert (code, out.splitlines()[0]) == (0, "1 event(s) excluded.")
    assert run(capsys, "events", "exclude", older)[1] == "0 event(s) excluded, 1 were already.\n"
    (listed,) = answer(capsys, "events", "list", "--status", "excluded")["events"]
    assert (listed["id"], listed["reason"]) == (older, "dated 2099")
    assert answer(capsys, "events", "include", older)["included"] == [older]
    code, out, _ = run(capsys, "decisions")
    assert code == 0
    assert [line.split()[3] for line in out.splitlines()[1:]] == ["include", "exclude"]
    assert "dated 2099" in out
    assert json.loads(run(capsys, "decisions", "--limit", "1", "--json")[1])["nextCursor"] == "4"
    assert "More with --cursor 4" in run(capsys, "decisions", "--limit", "1")[2]


def test_errors_of_the_command_line(served: Served, capsys: Capture) -> None:
    assert run(capsys, "events", "exclude")[0] == 2
    code, _, err = run(capsys, "events", "include", "unheard")
    assert (code, "nothing was decided" in err) == (5, True)
