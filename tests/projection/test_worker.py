"""The projector at work: a real log, index and Neo4j; batches, restarts, events that cannot be projected."""

import json
import os
import signal
from pathlib import Path
from typing import Any

import neo4j
import pytest
from headwater_collector.log.event_index import Status
from headwater_collector.projection.projector import PROJECTION_VERSION
from headwater_collector.projection.worker import ProjectionWorker
from headwater_graph.digest import graph_digest
from headwater_graph.errors import GraphRefused
from headwater_graph.local_neo4j import LocalNeo4j
from headwater_graph.neo4j_store import Neo4jGraphStore

from tests.projection.collected import ONLY_ONE, Collected, drained, job_event, jobs, run_event
from tests.waiting import wait_until


def test_the_log_is_taken_in_by_batches(collected: Collected, graph: neo4j.Driver) -> None:
    collected.add(*(job_event(n) for n in range(7)))
    worker = collected.worker(graph, batch_size=3)
    worker.claim()
    assert drained(worker) == 3
    assert jobs(graph) == {f"job{n}" for n in range(7)}
    assert Neo4jGraphStore(graph).position(collected.log.id) == collected.index.applied_through() == 7
    assert collected.index.counts()[Status.APPLIED] == 7
    worker.stop()


def test_a_new_worker_goes_on_where_the_last_one_stood(collected: Collected, graph: neo4j.Driver) -> None:
    collected.add(*(job_event(n) for n in range(3)))
    first = collected.worker(graph)
    first.claim()
    assert drained(first) == 1
    collected.add(job_event(3))
    collected.index.mark_applied_through(0)  # an index that was lost
    second = collected.worker(graph)  # the first one is gone without a word
    second.claim()
    assert collected.index.applied_through() == 3
    assert drained(second) == 1
    assert jobs(graph) == {f"job{n}" for n in range(4)}
    with pytest.raises(GraphRefused):
        first.step()
    second.stop()


def test_batches_of_any_size_and_a_repetition_give_one_graph(collected: Collected, graph: neo4j.Driver) -> None:
    collected.add(*(run_event(n, type_) for n in range(4) for type_ in ("START", "COMPLETE")))
    worker = collected.worker(graph)
    worker.claim()
    drained(worker)
    digest = graph_digest(graph)
    graph.execute_query("MATCH (p:HeadwaterPosition) DELETE p")
    again = collected.worker(graph, batch_size=1)
    again.claim()
    assert drained(again) == 8
    assert graph_digest(graph) == digest
    again.stop()


def test_an_event_that_cannot_be_projected_is_parked_and_its_batch_is_not_lost(
    collected: Collected, graph: neo4j.Driver
) -> None:
    worker = collected.worker(graph)
    worker.claim()
    graph.execute_query(ONLY_ONE)
    collected.add(*(job_event(n) for n in range(5)), job_event(5, "mine"), job_event(6, "mine"), job_event(7))
    drained(worker)
    assert jobs(graph) == {f"job{n}" for n in (0, 1, 2, 3, 4, 5, 7)}
    assert collected.index.failed() == [7]
    (failed,) = collected.index.list_events(Status.FAILED)
    assert failed.reason
    assert failed.reason.startswith("ConstraintError: ")
    assert collected.index.applied_through() == Neo4jGraphStore(graph).position(collected.log.id) == 8
    assert worker.problem is None
    worker.stop()


def test_the_last_event_of_the_log_may_be_the_one_that_is_parked(collected: Collected, graph: neo4j.Driver) -> None:
    worker = collected.worker(graph)
    worker.claim()
    graph.execute_query(ONLY_ONE)
    collected.add(job_event(0, "mine"), job_event(1, "mine"))
    drained(worker)
    assert collected.index.failed() == [2]
    worker.stop()
    again = collected.worker(graph)
    again.claim()
    assert drained(again) == 0
    assert collected.index.applied_through() == 2
    again.stop()


def test_a_parked_event_is_taken_in_when_it_is_tried_again(collected: Collected, graph: neo4j.Driver) -> None:
    worker = collected.worker(graph)
    worker.claim()
    graph.execute_query(ONLY_ONE)
    collected.add(job_event(0, "mine"), job_event(1, "mine"))
    drained(worker)
    collected.index.retry_all()
    drained(worker)
    assert collected.index.failed() == [2]
    assert collected.index.retries() == []
    graph.execute_query("DROP CONSTRAINT only_one")
    collected.index.retry_all()
    drained(worker)
    assert collected.index.failed() == []
    assert jobs(graph) == {"job0", "job1"}
    worker.stop()


@pytest.mark.parametrize(
    "facets",
    [
        {"headwater_metrics": {"metrics": [{"name": "m", "value": 1, "step": step}]}}
        for step in (2**63 - 1, 2**63, -(2**63) - 1, 2**64, 10**400)
    ]
    + [
        {"headwater_metrics": {"metrics": [{"name": "m", "value": value}]}}
        for value in (2**63, 10**300, 10**400, 1e-400)
    ]
    + [
        {"headwater_seeds": {"seeds": {"numpy": 2**64, "\x00": "\x00"}}},
        {"nominalTime": {"nominalStartTime": "9999-12-31T23:59:59.999999999Z", "nominalEndTime": "0001-01-01T00:00Z"}},
        {"custom": {"deep": json.loads("[" * 200 + "]" * 200), "wide": list(range(10_000))}},
        {"n" * 100_000: {"a": 1}, "n" * 100_001: {"a": 2}},
    ],
    ids=lambda facets: str(facets)[:100],
)
def test_no_value_of_a_facet_is_too_much_for_the_graph(
    collected: Collected, graph: neo4j.Driver, facets: dict[str, Any]
) -> None:
    worker = collected.worker(graph)
    worker.claim()
    collected.add(run_event(0, "COMPLETE", **facets))
    drained(worker)
    assert [event.reason for event in collected.index.list_events(Status.FAILED)] == []
    assert jobs(graph) == {"job0"}
    worker.stop()


def test_the_thread_projects_what_comes_in_until_it_is_stopped(collected: Collected, graph: neo4j.Driver) -> None:
    worker = collected.worker(graph)
    worker.start()
    collected.add(job_event(0))
    wait_until(lambda: collected.index.applied_through() == 1)
    wait_until(lambda: worker.problem is None)
    worker.stop()
    query = "MATCH (l:HeadwaterLease) WHERE l.holder IS NULL RETURN count(*) AS free"
    assert graph.execute_query(query).records[0]["free"] == 1


def test_a_worker_that_another_one_keeps_out_says_so_and_projects_nothing(
    collected: Collected, graph: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("neo4j_store", "neo4j_transaction"):
        monkeypatch.setattr(f"headwater_graph.{module}.LEASE_SECONDS", 3600)
    other = Neo4jGraphStore(graph)
    other.prepare()
    other.claim(collected.log.id, 0, PROJECTION_VERSION, "another")
    collected.add(job_event(0))
    worker = collected.worker(graph)
    worker.start()
    wait_until(lambda: "another Headwater writes this graph (another" in (worker.problem or ""))
    assert jobs(graph) == set()
    worker.stop()


def test_what_came_in_while_neo4j_was_away_is_caught_up(
    collected: Collected, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("headwater_collector.projection.worker.SILENCE_SECONDS", 0.5)
    server = LocalNeo4j(tmp_path / "neo4j", bolt_port=17787)
    info = server.start()
    auth = (info.user, info.password)
    try:
        with neo4j.GraphDatabase.driver(info.uri, auth=auth, max_transaction_retry_time=1) as driver:
            worker = collected.worker(driver)
            worker.start()
            collected.add(job_event(0))
            wait_until(lambda: collected.index.applied_through() == 1)
            server.stop()
            collected.add(*(job_event(n) for n in range(1, 6)))
            wait_until(lambda: "Neo4j does not answer" in (worker.problem or ""))
            assert collected.index.counts()[Status.ACCEPTED] == 5
            server = LocalNeo4j(tmp_path / "neo4j", bolt_port=info.bolt_port)  # others may have come and gone below it
            assert server.start().bolt_port == info.bolt_port
            wait_until(lambda: collected.index.applied_through() == 6)
            assert jobs(driver) == {f"job{n}" for n in range(6)}
            assert collected.index.failed() == []
            _hang(tmp_path / "neo4j", worker, collected)
            worker.stop()
            wait_until(lambda: worker.problem is None)
    finally:
        server.stop()


def _hang(folder: Path, worker: ProjectionWorker, collected: Collected) -> None:
    """Stop Neo4j without ending it: no call returns, and still the worker must say so."""
    jvm = int((folder / "jvm.pid").read_text())
    wait_until(lambda: worker.problem is None)
    os.kill(jvm, signal.SIGSTOP)
    try:
        collected.add(job_event(6))
        wait_until(lambda: "Neo4j does not answer, for" in (worker.problem or ""))
    finally:
        os.kill(jvm, signal.SIGCONT)
    wait_until(lambda: collected.index.applied_through() == 7)
    wait_until(lambda: worker.problem is None)
