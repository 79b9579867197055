"""Excluded events: the graph is the one of all others, whatever was said and in whatever order it is decided."""

import os
from collections.abc import Sequence

import pytest
from headwater_collector.event import Event
from headwater_collector.projection import wiring
from headwater_collector.projection.exclusion import Remainder, exclude
from headwater_collector.projection.projector import apply
from headwater_collector.projection.say import say
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reference.graph import differences
from tests.reference.history_strategies import long_scripts
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph
from tests.reference.scenario import dataset_event, links, run_event
from tests.reference.strategies import Script, scripts

EXAMPLES = os.environ.get("HEADWATER_EXAMPLES")
thorough = settings(
    max_examples=int(EXAMPLES or 300),
    derandomize=EXAMPLES is None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=False,
)
CHOICES = st.lists(st.tuples(st.booleans(), st.sets(st.integers(0, 7), min_size=1, max_size=4)), min_size=1, max_size=3)
"""Decisions: whether to exclude, and which events."""


@thorough
@given(scripts(), CHOICES, st.integers(0, 8))
def test_graph_equals_model_of_the_other_events(
    script: Script, choices: list[tuple[bool, set[int]]], early: int
) -> None:
    check(script, choices, early)


@thorough
@given(long_scripts(), CHOICES, st.integers(0, 24))
def test_graph_equals_model_of_the_other_events_of_long_histories(
    script: Script, choices: list[tuple[bool, set[int]]], early: int
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wiring, "KEPT_CLOSERS", 2)
        check(script, choices, early)


def check(script: Script, choices: list[tuple[bool, set[int]]], early: int) -> None:
    """Exclude and include between the batches; those after `early` come when all is decided."""
    events, memory, out = script.events, MemoryGraph(), set[str]()
    for batch in script.batches[:early]:
        apply(memory, [events[n] for n in batch])
    known = {n for batch in script.batches[:early] for n in batch}
    for excludes, numbers in choices:
        chosen = [events[n % len(events)] for n in sorted(numbers) if n % len(events) in known]
        if excludes:
            out |= {event.id for event in chosen}
            take_out(memory, chosen, [events[n] for n in known if events[n].id not in out])
        else:
            out -= {event.id for event in chosen}
            apply(memory, chosen)
        rest = [events[n] for n in known if events[n].id not in out]
        refute(differences(expected_graph(rest), memory.graph), script, choices, early)
    for batch in script.batches[early:]:
        apply(memory, [events[n] for n in batch if events[n].id not in out])
    rest = [event for event in events if event.id not in out]
    refute(differences(expected_graph(rest), memory.graph), script, choices, early)
    take_out(memory, events, [])
    refute(differences(expected_graph([]), memory.graph), script, choices, early)
    assert all(key.startswith("shape|") for key in memory.stored)


def take_out(memory: MemoryGraph, excluded: Sequence[Event], others: Sequence[Event]) -> None:
    remainder = Remainder(say(event) for event in excluded)
    for event in others:
        remainder.add(say(event))
    exclude(memory, remainder)


def refute(lines: list[str], *said: object) -> None:
    assert not lines, "\n  ".join(["the graph is not what the model expects:", *lines, *map(repr, said)])


def test_a_dataset_keeps_its_other_names_when_an_event_that_says_nothing_of_them_goes() -> None:
    linked = dataset_event(0, ("path", links("table")))
    written, read = run_event("A", "COMPLETE", 1, [], ["path"]), run_event("B", "COMPLETE", 2, ["table"])
    for names in (["table"], ["path"]):
        wrong, memory = run_event("C", "COMPLETE", 3, names), MemoryGraph()
        for event in (linked, written, read, wrong):
            apply(memory, [event])
        take_out(memory, [wrong], [linked, written, read])
        later = run_event("D", "COMPLETE", 4, ["table"])
        apply(memory, [later])
        assert differences(expected_graph([linked, written, read, later]), memory.graph) == []
