"""Each round of real events is a new set of runs of the same jobs."""

from headwater_collector.event import Event
from headwater_collector.parse import parse_event

from tests.benchmarks.real import real_rounds
from tests.producers.recording import names, recorded


def test_a_round_has_every_event_of_runs_that_no_other_round_has() -> None:
    first, second = ([parse_event(body) for body in real_rounds(number, 1)] for number in (0, 1))
    assert len(first) == len(second) == sum(len(recorded(name)) for name in names())
    runs, later = _runs(first), _runs(second)
    assert len(runs) == len(later)
    assert not runs & later
    jobs, same = ([event.body.get("job") for event in events] for events in (first, second))
    assert [job and job["name"] for job in jobs] == [job and job["name"] for job in same]


def test_parents_are_runs_of_the_same_round() -> None:
    events = [parse_event(body) for body in real_rounds(3, 1)]
    runs = _runs(events)
    parents = {
        event.body["run"]["facets"]["parent"]["run"]["runId"]
        for event in events
        if "parent" in event.body.get("run", {}).get("facets", {})
    }
    assert parents
    assert parents <= runs


def _runs(events: list[Event]) -> set[str]:
    return {event.body["run"]["runId"] for event in events if "run" in event.body}
