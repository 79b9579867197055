"""The projector follows operators' decisions: a real log, index and Neo4j, and replay to the same digest."""

from typing import Any

import neo4j
import pytest
from headwater_collector.log.decisions import Decisions
from headwater_collector.log.event_index import Status
from headwater_collector.replay_build import Build, InUse, Replayed, ReplayOutcomes, Reports
from headwater_graph.digest import graph_digest
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.open_graph import OpenGraph

from tests.projection.collected import ONLY_ONE, Collected, drained, job_event, jobs, run_event
from tests.projection.neo4j_graph import read_graph

LEFT = """
    MATCH (n) WHERE none(label IN labels(n) WHERE label STARTS WITH 'Headwater') AND NOT n.key STARTS WITH 'shape|'
    RETURN collect(n.key) AS left
"""
DELETE = "MATCH (n) WHERE NOT n:HeadwaterMigration DETACH DELETE n"


def of_2099(number: int) -> dict[str, Any]:
    """Return an event whose time wins every register for ever."""
    event = run_event(number, "COMPLETE")
    event["eventTime"] = "2099-01-01T00:00:00Z"
    event["job"]["facets"] = {"documentation": {"description": "wrong for ever"}}
    return event


def described(driver: neo4j.Driver) -> set[str]:
    return {str(job.get("description")) for job in read_graph(driver).of_label("Job").values()}


def replayed(collected: Collected, graph: neo4j.Driver, server: ConnectionInfo, used: InUse) -> Replayed:
    graph.execute_query(DELETE)
    outcomes = ReplayOutcomes(collected.index, at_once=False)
    build = Build(collected.log, outcomes, Reports(), holder="replay", batch_size=3)
    return build.into(OpenGraph(graph, None, server.uri), used)


def test_an_event_is_taken_out_and_in_again(collected: Collected, graph: neo4j.Driver) -> None:
    collected.add(run_event(0, "START"), of_2099(0), job_event(1), job_event(0, "right"))
    worker, decisions = collected.worker(graph), Decisions(collected.log)
    worker.claim()
    drained(worker)
    assert "wrong for ever" in described(graph)
    wrong = collected.index.list_events()[2]
    assert decisions.exclude([wrong.id], "ann", "the clock was wrong").offset == 5
    collected.add(job_event(2))
    assert drained(worker) == 2
    assert described(graph) == {"right", "None"}
    assert jobs(graph) == {"job0", "job1", "job2"}
    found = collected.index.find(wrong.id)
    assert found
    assert (found.status, found.reason) == (Status.EXCLUDED, "the clock was wrong")
    collected.add(of_2099(0))  # sent again
    assert drained(worker) == 0
    decisions.include([wrong.id], "ann")
    drained(worker)
    assert described(graph) == {"wrong for ever", "None"}
    assert collected.index.counts()[Status.APPLIED] == 5
    worker.stop()


def test_replay_gives_the_same_digest(collected: Collected, graph: neo4j.Driver, neo4j_server: ConnectionInfo) -> None:
    collected.add(*(run_event(n, "START") for n in range(4)), of_2099(1), of_2099(2), *(job_event(n) for n in range(4)))
    worker, decisions = collected.worker(graph, batch_size=4), Decisions(collected.log)
    worker.claim()
    drained(worker)
    ids = [event.id for event in collected.index.list_events()]
    decisions.exclude([ids[4], ids[5], ids[0]], "ann")
    drained(worker)
    decisions.include([ids[4]], "ann")
    collected.add(run_event(3, "COMPLETE"))
    drained(worker)
    used = InUse(graph_digest(graph), worker.position)
    decisions.exclude([ids[1]], "ann")  # decided, and not yet in the graph in use
    worker.stop()
    found = replayed(collected, graph, neo4j_server, used)
    assert found.equal
    assert found.failed == ()
    anew = replayed(collected, graph, neo4j_server, InUse(None))
    assert anew.digest == found.digest
    assert found.digest != found.compared


def test_without_any_event_the_graph_is_empty(collected: Collected, graph: neo4j.Driver) -> None:
    lineage = {"columnLineage": {"fields": {"x": {"inputFields": [{"namespace": "n", "name": "in9", "field": "y"}]}}}}
    event = run_event(9, "COMPLETE", executionParameters={"parameters": [{"key": "a", "value": "1"}]})
    event["outputs"][0]["facets"] = {**lineage, "custom": {"kept": 1}}
    collected.add(event, of_2099(0), job_event(1, "mine"))
    worker = collected.worker(graph)
    worker.claim()
    drained(worker)
    Decisions(collected.log).exclude([event.id for event in collected.index.list_events()], "ann")
    drained(worker)
    assert graph.execute_query(LEFT).records[0]["left"] == []
    assert collected.index.counts()[Status.EXCLUDED] == 3
    worker.stop()


def test_a_failed_event_that_is_excluded_is_no_longer_failed(collected: Collected, graph: neo4j.Driver) -> None:
    worker, decisions = collected.worker(graph), Decisions(collected.log)
    worker.claim()
    graph.execute_query(ONLY_ONE)
    collected.add(job_event(0, "mine"), job_event(1, "mine"))
    drained(worker)
    (failed,) = collected.index.list_events(Status.FAILED)
    decisions.exclude([failed.id], "ann")
    assert collected.index.list_events(Status.FAILED) == []
    assert not collected.index.retry(failed.id)
    drained(worker)
    assert collected.index.failed() == []
    decisions.include([failed.id], "ann")
    drained(worker)
    assert collected.index.failed() == [2]
    assert jobs(graph) == {"job0"}
    worker.stop()


def test_a_decision_that_cannot_be_followed_is_parked_and_tried_again(
    collected: Collected, graph: neo4j.Driver, neo4j_server: ConnectionInfo
) -> None:
    worker, decisions = collected.worker(graph), Decisions(collected.log)
    worker.claim()
    second = job_event(1, "mine")
    second["eventTime"] = "2026-01-02T00:00:00Z"
    second["job"]["facets"]["documentation"]["description"] = "other"
    collected.add(job_event(0, "mine"), job_event(1, "mine"), second)
    drained(worker)
    last = collected.index.list_events()[0]
    graph.execute_query(ONLY_ONE) if described(graph) == {"mine", "other"} else pytest.fail("unlike what is supposed")
    decisions.exclude([last.id], "ann")  # would make two jobs "mine"
    drained(worker)
    assert described(graph) == {"mine", "other"}
    (listed,) = decisions.newest()
    assert listed.failed
    assert listed.failed.startswith("ConstraintError: ")
    graph.execute_query("DROP CONSTRAINT only_one")
    collected.index.retry_all()
    drained(worker)
    assert described(graph) == {"mine"}
    assert decisions.newest()[0].failed is None
    worker.stop()
