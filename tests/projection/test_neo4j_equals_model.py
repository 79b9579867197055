"""Graph = model in a real Neo4j: what is read back from the database is what the laws ask for.

Some dozen examples by default; more, at random::

    HEADWATER_EXAMPLES=500 pytest tests/projection/test_neo4j_equals_model.py
"""

import os
from collections.abc import Iterator

import pytest
from headwater_collector.event import Event
from headwater_collector.projection.projector import apply
from headwater_graph.local_neo4j import ConnectionInfo
from hypothesis import HealthCheck, given, settings

from tests.projection.neo4j_graph import Neo4jUnderTest, claimed
from tests.reference.graph import differences
from tests.reference.history_strategies import long_scripts
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph
from tests.reference.strategies import Script, scripts

EXAMPLES = os.environ.get("HEADWATER_EXAMPLES")
dozens = settings(
    max_examples=int(EXAMPLES or 30),
    derandomize=EXAMPLES is None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    print_blob=False,
)


@pytest.fixture(scope="module")
def neo4j_graph(neo4j_server: ConnectionInfo) -> Iterator[Neo4jUnderTest]:
    with claimed(neo4j_server) as graph:
        yield graph


@dozens
@given(script=scripts())
def test_graph_in_neo4j_equals_model(neo4j_graph: Neo4jUnderTest, script: Script) -> None:
    check(neo4j_graph, script)


@dozens
@given(script=long_scripts())
def test_graph_in_neo4j_equals_model_of_long_histories(neo4j_graph: Neo4jUnderTest, script: Script) -> None:
    check(neo4j_graph, script)


def check(neo4j_graph: Neo4jUnderTest, script: Script) -> None:
    events = script.events
    batches = [[events[n] for n in batch] for batch in script.batches]
    neo4j_graph.become(batches)
    graph, facts, digest = neo4j_graph.graph(), neo4j_graph.facts(), neo4j_graph.digest()
    refute("the graph in Neo4j is not what the model expects", differences(expected_graph(events), graph), script)
    memory = in_memory(batches)
    refute("the graph in memory is not the one in Neo4j", differences(graph, memory.graph), script)
    assert facts == memory.stored
    neo4j_graph.become([events[::-1]])
    again = neo4j_graph.graph()
    refute("the events in reverse and in one batch give another graph", differences(graph, again), script)
    assert neo4j_graph.digest() == digest


def in_memory(batches: list[list[Event]]) -> MemoryGraph:
    memory = MemoryGraph()
    for batch in batches:
        apply(memory, batch)
    return memory


def refute(what: str, lines: list[str], script: Script) -> None:
    assert not lines, "\n  ".join([what, *lines, repr(script)])
