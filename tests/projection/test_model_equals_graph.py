"""Graph = model: whatever is said, in whatever order, however often, and cut into whatever batches.

Some hundred examples by default. For thousands, at random::

    HEADWATER_EXAMPLES=5000 pytest tests/projection/test_model_equals_graph.py
"""

import os

import pytest
from headwater_collector.event import Event
from headwater_collector.projection import wiring
from headwater_collector.projection.projector import apply
from hypothesis import HealthCheck, given, settings

from tests.reference.graph import differences
from tests.reference.history_strategies import long_scripts
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph
from tests.reference.strategies import Script, scripts

EXAMPLES = os.environ.get("HEADWATER_EXAMPLES")
thorough = settings(
    max_examples=int(EXAMPLES or 400),
    derandomize=EXAMPLES is None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=False,
)


@thorough
@given(scripts())
def test_graph_equals_model(script: Script) -> None:
    check(script)


@thorough
@given(long_scripts())
def test_graph_equals_model_of_long_histories(script: Script) -> None:
    with pytest.MonkeyPatch.context() as patch:  # a bound that takes 65 runs of one job to reach
        patch.setattr(wiring, "KEPT_CLOSERS", 2)
        check(script)


def check(script: Script) -> None:
    events = script.events
    actual = projected([[events[n] for n in batch] for batch in script.batches])
    lines = differences(expected_graph(events), actual.graph)
    message = "\n  ".join(["the graph is not what the model expects:", *lines, repr(script)])
    assert not lines, message


def projected(batches: list[list[Event]]) -> MemoryGraph:
    memory = MemoryGraph()
    for batch in batches:
        apply(memory, batch)
    return memory
