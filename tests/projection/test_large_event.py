"""One event that is too large for the memory of the database, and the same once there is enough."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import neo4j
import pytest
from headwater_collector.log.event_index import Status
from headwater_graph.local_neo4j import ConnectionInfo

from tests.projection.collected import Collected, drained, job_event, jobs

WIDTH: Final = 1000
"""Inputs, and as many outputs, of the large event."""

ROOM: Final = 16
"""MiB that are left to transactions: enough for batches of small events, and too little for the large one."""


def large_event(number: int) -> dict[str, Any]:
    fields = [{"name": f"column_{n}", "type": "string"} for n in range(10)]
    facets = {"schema": {"fields": fields}}
    return {
        **job_event(number),
        "eventType": "COMPLETE",
        "run": {"runId": f"01900000-0000-7000-8000-0000000000{number:02}"},
        "inputs": [{"namespace": "n", "name": f"read_{n}", "facets": facets} for n in range(WIDTH)],
        "outputs": [{"namespace": "n", "name": f"written_{n}", "facets": facets} for n in range(WIDTH)],
    }


@pytest.fixture
def unrepeated(graph: neo4j.Driver, neo4j_server: ConnectionInfo) -> Iterator[neo4j.Driver]:
    """A driver to the empty graph that does not spend half a minute on trying again what is too large."""
    auth = (neo4j_server.user, neo4j_server.password)
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=auth, max_transaction_retry_time=0) as driver:
        yield driver


@contextmanager
def little_memory(driver: neo4j.Driver) -> Iterator[None]:
    """Hold nearly all of the memory that transactions may have, by one that is never committed."""
    limit, used = _limit(driver), 0.0
    with driver.session() as session, session.begin_transaction() as transaction:
        while limit - used > ROOM:
            count = max(int((limit - used - ROOM) / 4), 1)
            transaction.run(
                "UNWIND range(1, $count) AS x CREATE ({text: $text})", count=count, text="x" * 2**20
            ).consume()
            used = _used(driver)
        yield
        transaction.rollback()


def _limit(driver: neo4j.Driver) -> float:
    query = "SHOW SETTINGS 'dbms.memory.transaction.total.max' YIELD value"
    value: str = driver.execute_query(query).records[0]["value"]
    assert value.endswith("MiB")
    return float(value.removesuffix("MiB"))


def _used(driver: neo4j.Driver) -> float:
    query = "SHOW TRANSACTIONS YIELD estimatedUsedHeapMemory RETURN max(estimatedUsedHeapMemory) AS used"
    used: int = driver.execute_query(query).records[0]["used"]
    return used / 2**20


def flows(driver: neo4j.Driver) -> tuple[int, int]:
    """Return how many versions runs read and wrote."""
    query = "RETURN COUNT { ()-[:READ_BY]->() } AS reads, COUNT { ()-[:WROTE]->() } AS writes"
    found = driver.execute_query(query).records[0]
    return found["reads"], found["writes"]


def test_an_event_too_large_for_the_memory_is_parked_alone_and_says_the_way_out(
    collected: Collected, graph: neo4j.Driver, unrepeated: neo4j.Driver
) -> None:
    worker = collected.worker(unrepeated)
    worker.claim()
    collected.add(job_event(0), large_event(1), job_event(2), job_event(3))
    with little_memory(graph):
        drained(worker)
    assert jobs(graph) == {f"job{n}" for n in (0, 2, 3)}
    assert flows(graph) == (0, 0)
    (failed,) = collected.index.list_events(Status.FAILED)
    assert failed.offset == 2
    assert failed.reason
    assert failed.reason.startswith("GraphOutOfMemory: Neo4j has too little memory for this transaction.")
    for word in ("HEADWATER_NEO4J_HEAP_MB", "server.memory.heap.max_size", "dbms.memory.transaction.total.max"):
        assert word in failed.reason
    assert failed.reason.endswith(f"headwater events retry {failed.id}")
    collected.index.retry_all()
    drained(worker)
    assert collected.index.failed() == []
    assert jobs(graph) == {f"job{n}" for n in range(4)}
    assert flows(graph) == (WIDTH, WIDTH)
    worker.stop()
