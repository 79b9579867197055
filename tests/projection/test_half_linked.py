"""Alias rules and exclusions that fail half-way: the graph is that without them, then that with them once retried."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import neo4j
import pytest
from headwater_collector.aliases.rule import alias_rule
from headwater_collector.log.decisions import Decisions
from headwater_collector.projection import relinking
from headwater_collector.projection.relinking import HalfLinked
from headwater_collector.projection.worker import ProjectionWorker
from headwater_collector.replay_build import InUse
from headwater_graph.digest import graph_digest
from headwater_graph.errors import QueryTimeout
from headwater_graph.local_neo4j import ConnectionInfo

from tests.projection.collected import Collected, drained, run_event
from tests.projection.decided_log import MemoryStore, drain
from tests.projection.test_following import replayed
from tests.projection.test_following_rules import aliases, event
from tests.reference.graph import Graph, differences
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph
from tests.reference.strategies import Script

LETTERS = alias_rule("n", "(?P<letter>[a-z])1", "m", "{letter}")
ALONE = "CREATE CONSTRAINT only_one FOR (d:Dataset) REQUIRE d.name IS UNIQUE"
"""A constraint of the database's owner, under which a rule can be followed for some datasets only."""
BODIES = [event(1, "x", "a1"), event(2, "y", "b1"), event(3, "z", "c1")]


@dataclass
class Weak(MemoryGraph):
    """A graph that ends what takes too long: more than so many datasets at once."""

    most: int

    def __post_init__(self) -> None:
        super().__init__()

    def datasets(self, after: str, limit: int) -> list[str]:
        """Return keys, if there is time enough."""
        if limit > self.most:
            raise QueryTimeout("The database ended the query: it took too long.")
        return super().datasets(after, limit)


@dataclass
class WeakStore(MemoryStore):
    """A store over such a graph."""

    memory: MemoryGraph = field(default_factory=lambda: Weak(most=3))


def worker_of(collected: Collected, store: MemoryStore) -> ProjectionWorker:
    found = ProjectionWorker(collected.log, collected.index, store, "tests")
    found.claim()
    return found


def expected(bodies: Sequence[dict[str, object]], *, ruled: bool) -> Graph:
    rules = [{"id": LETTERS.id, **LETTERS.content()}] if ruled else []
    return expected_graph(Script([*bodies], []).events, rules)


def test_a_rule_that_takes_too_long_is_followed_in_smaller_parts(collected: Collected) -> None:
    store = WeakStore()
    collected.add(*BODIES)
    Decisions(collected.log).add_rule(LETTERS, "ann")
    drain(worker_of(collected, store))
    assert collected.index.failed() == []
    assert differences(expected(BODIES, ruled=True), store.memory.graph) == []


def test_a_rule_that_can_neither_be_followed_nor_undone_is_said_and_not_moved_past(
    collected: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relinking.relink_all, "__defaults__", (1,))
    store = MemoryStore()
    collected.add(*BODIES)
    worker = worker_of(collected, store)
    drain(worker)
    Decisions(collected.log).add_rule(LETTERS, "ann")
    collected.add(event(4, "a1", "d"))
    store.fails = range(store.begun + 4, 1000)  # the rules, the first dataset and a sign of life come before
    with pytest.raises(HalfLinked, match=r"neither be followed .* nor undone"):
        worker.step()
    assert "dataset|m|a" in store.memory.graph.nodes
    assert "dataset|m|b" not in store.memory.graph.nodes
    assert worker.position == store.at == len(BODIES)
    assert collected.index.failed() == []
    store.fails = ()
    drain(worker)
    assert worker.position == len(BODIES) + 2
    assert differences(expected([*BODIES, event(4, "a1", "d")], ruled=True), store.memory.graph) == []


def test_an_exclusion_that_takes_too_long_leaves_the_graph_as_it_was(collected: Collected) -> None:
    bodies = [event(1, "x", "a"), event(2, "a", "b"), event(3, "a", "c")]
    store = MemoryStore()
    collected.add(*bodies)
    worker, decisions = worker_of(collected, store), Decisions(collected.log)
    drain(worker)
    first = collected.index.list_events()[-1]
    decisions.exclude([first.id], "ann")
    store.fails = {store.begun + 2}  # after a sign of life
    drain(worker)
    assert collected.index.failed() == [4]
    assert differences(expected(bodies, ruled=False), store.memory.graph) == []
    store.fails = ()
    collected.index.retry_all()
    drain(worker)
    assert collected.index.failed() == []
    assert differences(expected(bodies[1:], ruled=False), store.memory.graph) == []


def test_what_is_in_the_graph_is_not_parked_where_the_rest_of_its_batch_must_wait(collected: Collected) -> None:
    store = MemoryStore()
    collected.add(*BODIES[:2])
    worker = worker_of(collected, store)
    store.fails = {1, 3, 4, 5}  # both together, the second alone, noting that, and what comes next
    drain(worker)
    assert collected.index.failed() == [2]
    assert differences(expected(BODIES[:1], ruled=False), store.memory.graph) == []


def test_a_parked_rule_left_nothing_in_neo4j(
    collected: Collected, graph: neo4j.Driver, neo4j_server: ConnectionInfo
) -> None:
    other = run_event(4, "COMPLETE")
    other["outputs"] = [{"namespace": "q", "name": "c"}]
    collected.add(*BODIES, other)
    worker, decisions = collected.worker(graph), Decisions(collected.log)
    worker.claim()
    drained(worker)
    before = graph_digest(graph)
    graph.execute_query(ALONE)
    decisions.add_rule(LETTERS, "ann")  # another name of c1 would be the second dataset "c"
    drained(worker)
    (listed,) = decisions.newest()
    assert listed.failed
    assert listed.failed.startswith("ConstraintError: ")
    assert graph_digest(graph) == before
    collected.add(event(5, "x", "d1"))
    drained(worker)
    assert aliases(graph) == set()
    graph.execute_query("DROP CONSTRAINT only_one")
    collected.index.retry_all()
    drained(worker)
    assert collected.index.failed() == []
    assert {one for one, _, _ in aliases(graph)} == {f"{letter}{n}" for letter in "abcd" for n in ("", 1)}
    used = InUse(graph_digest(graph), worker.position)
    worker.stop()
    assert replayed(collected, graph, neo4j_server, used).equal
