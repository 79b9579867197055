"""Alias rules: the graph is the one in which every dataset said its other names itself, whenever the rules came."""

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest
from headwater_collector.aliases.rule import AliasRule, alias_rule
from headwater_collector.event import Event
from headwater_collector.projection import wiring
from headwater_collector.projection.projector import apply
from headwater_collector.projection.relinking import relink_all
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.projection.decided_log import RULES
from tests.projection.test_exclusion import take_out
from tests.reference.graph import differences
from tests.reference.history_strategies import long_scripts
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph
from tests.reference.scenario import run_event
from tests.reference.strategies import Script, scripts

T = TypeVar("T")
EXAMPLES = os.environ.get("HEADWATER_EXAMPLES")
thorough = settings(
    max_examples=int(EXAMPLES or 200),
    derandomize=EXAMPLES is None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=False,
)
Step = tuple[str, int]
"""What to do next: take in a batch, add or remove a rule, exclude or include an event."""
STEPS = st.lists(
    st.tuples(st.sampled_from(["batch", "batch", "add", "add", "remove", "exclude", "include"]), st.integers(0, 7)),
    max_size=10,
)


class Store:
    """A store over a graph in memory, each transaction as it comes."""

    def __init__(self, memory: MemoryGraph) -> None:
        self.memory = memory

    def position(self, log: str, partition: int = 0) -> int:
        return 0

    def transact(self, work: Callable[[Any], T], position: object = None) -> T:
        return work(self.memory)


@thorough
@given(scripts(), STEPS, st.integers(1, 3))
def test_graph_equals_model_with_rules(script: Script, steps: list[Step], page: int) -> None:
    check(script, steps, page)


@thorough
@given(long_scripts(), STEPS, st.integers(1, 3))
def test_graph_equals_model_with_rules_of_long_histories(script: Script, steps: list[Step], page: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "KEPT_CLOSERS", 2)
        check(script, steps, page)


def test_a_name_stays_as_long_as_one_of_two_datasets_has_it_by_a_rule() -> None:
    rule, memory = alias_rule(name="one|two", to_name="both"), MemoryGraph()
    one, two = (run_event(run, "COMPLETE", 1, [], [name]) for run, name in (("A", "one"), ("B", "two")))
    apply(memory, [one, two])
    relink_all(Store(memory), {rule.id: rule}, lambda: None)
    take_out(memory, [one], [two])
    refute(memory, [two], [rule])


def check(script: Script, steps: list[Step], page: int) -> None:
    events, memory = script.events, MemoryGraph()
    batches, taken, out, rules = list(script.batches), dict[str, Event](), set[str](), dict[str, AliasRule]()
    for what, number in [*steps, *(("batch", 0) for _ in batches)]:
        if what == "batch" and batches:
            batch = [events[n] for n in batches.pop(0)]
            taken |= {event.id: event for event in batch}
            apply(memory, [event for event in batch if event.id not in out])
        elif what in ("add", "remove"):
            rule = RULES[number % len(RULES)]
            rules = {**rules, rule.id: rule} if what == "add" else {k: v for k, v in rules.items() if k != rule.id}
            relink_all(Store(memory), rules, lambda: None, page)
        elif what == "exclude" and events[number % len(events)].id in taken:
            chosen = events[number % len(events)]
            out.add(chosen.id)
            take_out(memory, [chosen], [event for event in taken.values() if event.id not in out])
        elif what == "include" and events[number % len(events)].id in out:
            out.discard(events[number % len(events)].id)
            apply(memory, [events[number % len(events)]])
        rest = [event for event in taken.values() if event.id not in out]
        refute(memory, rest, rules.values(), script, steps, page)
    relink_all(Store(memory), {}, lambda: None, page)
    refute(memory, [event for event in taken.values() if event.id not in out], [], script, steps, page)


def refute(memory: MemoryGraph, events: Sequence[Event], rules: Any, *said: object) -> None:
    lines = differences(expected_graph(events, [{"id": rule.id, **rule.content()} for rule in rules]), memory.graph)
    assert not lines, "\n  ".join(["the graph is not what the model expects:", *lines, *map(repr, said)])
