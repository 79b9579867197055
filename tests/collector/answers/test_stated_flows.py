"""Lineage answers where a lineage facet says what flows from job to job, or run to run, over what becomes of events."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from headwater_collector.answers import entities
from headwater_collector.answers.lineage import lineage
from headwater_collector.answers.question import Direction, Question
from headwater_collector.event import Event
from headwater_collector.parse import parse_event
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.queries import Queries

from tests.collector.answers.answering import Ask, arrows, names
from tests.projection.neo4j_graph import Neo4jUnderTest, claimed
from tests.reference.scenario import RUNS, columns, run_event


def work(name: str, *sources: dict[str, Any], run: str = "") -> dict[str, Any]:
    tied = {"runId": RUNS[run]} if run else {}
    return {"namespace": "n", "name": name, "type": "JOB", "inputs": [*sources], **tied}


def data(name: str, *sources: dict[str, Any]) -> dict[str, Any]:
    return {"namespace": "n", "name": name, "type": "DATASET", "inputs": [*sources]}


def says(*entries: dict[str, Any]) -> Event:
    """Return the event of an orchestrator that tells what flows between others."""
    job = {"namespace": "n", "name": "orchestrator", "facets": {"lineage": {"entries": [*entries]}}}
    return parse_event(json.dumps({"eventTime": "2026-01-01T00:09:00Z", "job": job}).encode())


SPLIT = run_event("A", "COMPLETE", 1, ["a", "b"], [("x", columns(c="a.c")), ("y", columns(c="b.c"))], job="extract")
"""A job of two steps: a feeds x, b feeds y."""
LOAD = run_event("B", "COMPLETE", 2, ["z"], ["t"], job="load")
PASSED = [SPLIT, LOAD, says(work("load", work("extract")))]


@pytest.fixture(scope="module")
def graph(neo4j_server: ConnectionInfo) -> Iterator[Neo4jUnderTest]:
    with claimed(neo4j_server) as found:
        yield found


@pytest.fixture
def ask(graph: Neo4jUnderTest) -> Ask:
    def answer(direction: Direction, of: str, **options: Any) -> dict[str, Any]:
        return lineage(Queries(graph.driver), Question(direction, of, **options), lambda: (0, 0))

    return answer


def test_upstream_goes_on_at_every_step_of_a_job_that_feeds_a_job(graph: Neo4jUnderTest, ask: Ask) -> None:
    graph.become([PASSED])
    up = ask("upstream", "t")
    assert names(up) == {"t": 0, "load()": 1, "z": 1, "extract()": 2, "a": 2, "b": 2}
    assert arrows(up) == {"z -> load", "load -> t", "extract -> load", "a -> extract", "b -> extract"}
    assert up["complete"]
    assert names(ask("upstream", "load", level="design")) == {"load()": 0, "z": 1, "extract()": 1, "a": 1, "b": 1}


def test_downstream_goes_on_at_what_the_job_that_is_fed_makes(graph: Neo4jUnderTest, ask: Ask) -> None:
    graph.become([PASSED])
    assert names(ask("downstream", "a")) == {"a": 0, "x": 1, "extract()": 1}
    down = ask("downstream", "extract")
    assert names(down) == {"extract()": 0, "x": 1, "y": 1, "load()": 1, "t": 1}
    graph.become([[LOAD, SPLIT, says(work("extract", data("w"), work("load")))]])
    assert names(ask("downstream", "w")) == {"w": 0, "extract()": 1, "x": 1, "y": 1}
    assert names(ask("downstream", "z")) == {"z": 0, "t": 1, "load()": 1, "extract()": 2, "x": 2, "y": 2}


def test_a_job_that_is_said_to_make_a_dataset_is_followed_at_all_its_steps(graph: Neo4jUnderTest, ask: Ask) -> None:
    graph.become([[SPLIT, says(data("w", work("extract")))]])
    assert names(ask("upstream", "w")) == {"w": 0, "extract()": 1, "a": 1, "b": 1}
    assert names(ask("upstream", "x")) == {"x": 0, "extract()": 1, "a": 1}


def test_the_depth_of_an_answer_counts_the_way_from_job_to_job(graph: Neo4jUnderTest, ask: Ask) -> None:
    graph.become([PASSED])
    one = ask("upstream", "t", depth=1)
    assert (names(one), one["stoppedBy"]) == ({"t": 0, "load()": 1, "z": 1}, ["depth"])
    two = ask("upstream", "t", depth=2)
    assert (len(two["nodes"]), two["complete"]) == (6, True)


def test_datasets_alone_are_joined_through_jobs_that_feed_jobs(graph: Neo4jUnderTest, ask: Ask) -> None:
    graph.become([PASSED])
    up = ask("upstream", "t", granularity="dataset")
    assert names(up) == {"t": 0, "z": 1, "a": 2, "b": 2}
    assert arrows(up) == {"z -> t", "a -> t", "b -> t"}


@pytest.mark.parametrize("granularity", ["operation", "job", "application"])
def test_a_loop_of_jobs_ends(graph: Neo4jUnderTest, ask: Ask, granularity: str) -> None:
    graph.become([[SPLIT, LOAD, says(work("extract", work("load")), work("load", work("extract")))]])
    up = ask("upstream", "t", granularity=granularity)
    assert set(names(up)) == {"t", "z", "a", "b", "load()", "extract()"}


def test_a_job_shows_the_jobs_around_it(graph: Neo4jUnderTest) -> None:
    graph.become([PASSED])
    queries = Queries(graph.driver)
    said_by = "job|n|orchestrator"
    assert entities.job(queries, "load")["fedBy"] == [{"key": "job|n|extract", "saidBy": said_by}]
    assert entities.job(queries, "extract")["feeds"] == [{"key": "job|n|load", "saidBy": said_by}]
    assert entities.job(queries, "load")["inputs"] == ["dataset|n|z"]


def test_an_earlier_time_does_not_know_the_flow(graph: Neo4jUnderTest, ask: Ask) -> None:
    graph.become([PASSED])
    before = ask("upstream", "t", as_of=datetime(2026, 1, 1, 0, 5, tzinfo=UTC))
    assert names(before) == {"t": 0, "load()": 1, "z": 1}


TIED = [SPLIT, LOAD, says(work("load", work("extract", run="A"), run="B"))]
"""The same, of runs."""


def seen(answer: dict[str, Any]) -> dict[str, int]:
    """Return the names with their distances, without the ids of runs: all of them begin alike."""
    return {name.partition(":")[0]: distance for name, distance in names(answer).items()}


def test_upstream_goes_on_at_every_step_of_a_run_that_feeds_a_run(graph: Neo4jUnderTest, ask: Ask) -> None:
    graph.become([TIED])
    up = ask("upstream", "t", level="run")
    assert seen(up) == {"t@run": 0, "load()": 1, "z@unknown": 1, "extract()": 2, "a@unknown": 2, "b@unknown": 2}
    assert {(edge["source"], edge["target"]) for edge in up["edges"] if edge["type"] == "FEEDS"} == {
        (f"run|{RUNS['A']}", f"run|{RUNS['B']}")
    }
    assert up["complete"]
    assert ask("upstream", "t", level="run", depth=1)["stoppedBy"] == ["depth"]


def test_downstream_goes_on_at_what_the_run_that_is_fed_makes(graph: Neo4jUnderTest, ask: Ask) -> None:
    graph.become([TIED])
    down = ask("downstream", RUNS["A"])
    assert seen(down) == {"extract()": 0, "x@run": 1, "y@run": 1, "load()": 1, "t@run": 1}
    graph.become([[LOAD, SPLIT, says(work("extract", work("load", run="B"), run="A"))]])
    down = ask("downstream", RUNS["B"])
    assert seen(down) == {"load()": 0, "t@run": 1, "extract()": 1, "x@run": 1, "y@run": 1}


@pytest.mark.parametrize("granularity", ["operation", "run", "application"])
def test_a_loop_of_runs_ends(graph: Neo4jUnderTest, ask: Ask, granularity: str) -> None:
    facet = [work("extract", work("load", run="B"), run="A"), work("load", work("extract", run="A"), run="B")]
    graph.become([[SPLIT, LOAD, says(*facet)]])
    up = ask("upstream", "t", level="run", granularity=granularity)
    assert {*seen(up)} == {"t@run", "load()", "z@unknown", "extract()", "a@unknown", "b@unknown"}


def test_versions_alone_are_joined_through_runs_that_feed_runs(graph: Neo4jUnderTest, ask: Ask) -> None:
    graph.become([TIED])
    up = ask("upstream", "t", level="run", granularity="dataset")
    assert seen(up) == {"t@run": 0, "z@unknown": 1, "a@unknown": 2, "b@unknown": 2}
    assert {edge["type"] for edge in up["edges"]} == {"FLOWS_TO"}


def test_what_a_run_without_events_is_said_to_read_and_write_stands_upstream(graph: Neo4jUnderTest, ask: Ask) -> None:
    said = says(work("silent", data("t"), run="C"), data("w", work("silent", run="C")))
    graph.become([[SPLIT, LOAD, said]])
    up = ask("upstream", "w", level="run")
    assert seen(up) == {"w@run": 0, "silent()": 1, "t@run": 1, "load()": 2, "z@unknown": 2}


def test_a_run_shows_the_runs_around_it(graph: Neo4jUnderTest) -> None:
    graph.become([TIED])
    queries = Queries(graph.driver)
    said_by = "job|n|orchestrator"
    assert entities.run(queries, RUNS["B"])["fedBy"] == [{"key": f"run|{RUNS['A']}", "saidBy": said_by}]
    assert entities.run(queries, RUNS["A"])["feeds"] == [{"key": f"run|{RUNS['B']}", "saidBy": said_by}]
