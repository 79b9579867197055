"""Each source of the corpus alone, into an empty graph: as it was sent, shuffled, and twice."""

import random
from functools import cache

import pytest
from headwater_collector.event import Event
from headwater_collector.projection.projector import apply

from tests.corpus import corpus
from tests.corpus.corpus import Source
from tests.corpus.exceptions import COMPLETED, DIFFERENCES, REFUSED, Row
from tests.corpus.facts import sets_of
from tests.reference.graph import Graph, differences
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph

absent = pytest.mark.skip(reason="the recorded events are not here; HEADWATER_CORPUS names their folder")
each_source = pytest.mark.parametrize("source", corpus.sources() or [pytest.param("none", marks=absent)])


@cache
def load(source: str) -> Source:
    return corpus.load(source)


@cache
def model(source: str) -> Graph:
    return expected_graph(load(source).events)


def project(events: list[Event], size: int) -> Graph:
    memory = MemoryGraph()
    for start in range(0, len(events), size):
        apply(memory, events[start : start + size])
    return memory.graph


@each_source
def test_holds_what_it_must(source: str) -> None:
    told, wanted = sets_of(project(load(source).events, 1)), expected_sets(source)
    for difference in DIFFERENCES:
        if difference.source == source:
            assert difference.more <= told[difference.name] - wanted[difference.name], difference
            assert difference.less <= wanted[difference.name] - told[difference.name], difference
            wanted[difference.name] = (wanted[difference.name] | difference.more) - difference.less
    lost = {name: rows for name in told if (rows := wanted[name] - told[name])}
    more = {name: rows for name in told if (rows := told[name] - wanted[name])}
    assert (lost, more) == ({}, {})


@each_source
def test_equals_the_model_one_by_one(source: str) -> None:
    assert differences(model(source), project(load(source).events, 1)) == []


@each_source
@pytest.mark.parametrize("seed", range(3))
def test_equals_the_model_shuffled(source: str, seed: int) -> None:
    events = list(load(source).events)
    random.Random(seed).shuffle(events)
    assert differences(model(source), project(events, (1, 7, 1000)[seed])) == []


@each_source
def test_equals_the_model_sent_twice(source: str) -> None:
    assert differences(model(source), project(load(source).events * 2, 5)) == []


@pytest.mark.skipif(corpus.folder() is None, reason=absent.kwargs["reason"])
def test_exceptions_are_few_and_drop_no_flow(capsys: pytest.CaptureFixture[str]) -> None:
    sources = {name: load(name) for name in corpus.sources()}
    assert {name: path for name, s in sources.items() for path in s.refused} == {
        name: next(p for p in sources[name].refused if file in p) for name, file in REFUSED.items()
    }
    assert sum(len(s.completed) for s in sources.values()) == COMPLETED
    assert {d.name for d in DIFFERENCES if d.less} == {"symlinks"}
    more, less = sum(len(d.more) for d in DIFFERENCES), sum(len(d.less) for d in DIFFERENCES)
    events = sum(len(s.events) for s in sources.values())
    with capsys.disabled():
        print(
            f"\ncorpus: {len(sources)} sources, {events} events; {more} rows more and {less} fewer than expected in "
            f"{len(DIFFERENCES)} listed exceptions; {len(REFUSED)} events refused, {COMPLETED} completed with a time"
        )


def expected_sets(source: str) -> dict[str, set[Row]]:
    """Return the expected sets, with the entities that are only referred to among the others."""
    sets = corpus.expected(source)
    sets["datasets"] |= sets["column_ref_datasets"] | {row[2:4] for row in sets["symlinks"]}
    sets["jobs"] |= sets["parent_referenced_jobs"]
    sets["runs"] |= sets["parent_referenced_runs"] | {row[1:2] for row in sets["root_runs"]}
    sets["column_edges"] |= {(*row, "*") for row in sets["column_to_dataset_edges"]}
    return sets
