"""How a batch grows while events keep coming."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest
from headwater_collector.projection import worker
from headwater_collector.projection.worker import ProjectionWorker
from headwater_graph.store import Position

from tests.projection.collected import Collected, job_event
from tests.projection.decided_log import MemoryStore
from tests.waiting import wait_until

T = TypeVar("T")


class BusyStore(MemoryStore):
    """While it takes in the first batch, another event comes."""

    def __init__(self, collected: Collected) -> None:
        super().__init__()
        self.collected = collected

    def transact(self, work: Callable[[Any], T], position: Position | None = None) -> T:
        self.collected.add(job_event(1))
        return super().transact(work, position)


@pytest.fixture
def collected(tmp_path: Path) -> Iterator[Collected]:
    made = Collected(tmp_path / "data")
    yield made
    made.close()


@pytest.mark.parametrize(
    ("batch_size", "taken"),
    [pytest.param(2, 1, id="room for more"), pytest.param(1, 2, id="full already")],
)
def test_what_came_during_a_batch_waits_for_more_unless_it_is_a_batch(
    collected: Collected, monkeypatch: pytest.MonkeyPatch, batch_size: int, taken: int
) -> None:
    monkeypatch.setattr(worker, "GATHER_SECONDS", 3600)
    collected.add(job_event(0))
    at_work = ProjectionWorker(collected.log, collected.index, BusyStore(collected), "test", batch_size)
    at_work.start()
    wait_until(lambda: collected.index.applied_through() == taken)
    at_work.stop()
    assert collected.index.applied_through() == taken
    assert collected.log.end() == 2
