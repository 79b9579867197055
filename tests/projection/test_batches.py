"""Batches that once gave another graph than their events one by one."""

from headwater_collector.event import Event
from headwater_collector.projection.projector import apply

from tests.reference.graph import differences
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph
from tests.reference.scenario import columns, dataset_event, run_event, version


def check(*batches: list[Event]) -> None:
    memory = MemoryGraph()
    for batch in batches:
        apply(memory, batch)
    events = [event for batch in batches for event in batch]
    assert not differences(expected_graph(events), memory.graph)


def test_a_version_is_published_and_another_one_written_late_in_one_batch() -> None:
    check(
        [run_event("A", "COMPLETE", 0, [("t", version("2"))])],
        [
            run_event("B", "COMPLETE", 1, ["t"]),
            dataset_event(0, ("t", version("2"))),
            run_event("C", "COMPLETE", 0, [], [("t", {**version("1"), **columns(x="t.x")})]),
        ],
    )
