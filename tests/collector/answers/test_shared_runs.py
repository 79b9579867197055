"""Answers about a run that several jobs share: what one job made of what another one made in the same run."""

from collections.abc import Iterator

import pytest
from headwater_collector.answers.lineage import lineage
from headwater_collector.answers.present import details
from headwater_collector.answers.question import Direction, Question
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.queries import Queries

from tests.collector.answers.answering import names
from tests.projection.neo4j_graph import Neo4jUnderTest, claimed
from tests.reference.scenario import RUNS, columns, run_event

EVENTS = (
    run_event("A", "COMPLETE", 1, [], ["raw"], job="raw"),
    run_event("B", "COMPLETE", 11, [], ["raw"], job="raw"),
    run_event("B", "COMPLETE", 12, [], [("clean", columns(x="raw.x"))], job="clean"),
    run_event("B", "COMPLETE", 13, [], [("features", columns(x="clean.x"))], job="features"),
)


@pytest.fixture(scope="module")
def graph(neo4j_server: ConnectionInfo) -> Iterator[Neo4jUnderTest]:
    with claimed(neo4j_server) as found:
        found.become([[*EVENTS]])
        yield found


def behind(graph: Neo4jUnderTest, direction: Direction, of: str) -> dict[str, int]:
    """Return the versions of an answer by the name of their dataset, with their distances."""
    found = lineage(Queries(graph.driver), Question(direction, f"dataset|n|{of}", level="run"), lambda: (1, 0))
    assert found["complete"]
    return {name.partition("@")[0]: distance for name, distance in names(found).items() if "@" in name}


def test_upstream_goes_through_what_the_run_itself_made_and_no_further(graph: Neo4jUnderTest) -> None:
    assert behind(graph, "upstream", "features") == {"features": 0, "clean": 1, "raw": 2}
    assert behind(graph, "upstream", "clean") == {"clean": 0, "raw": 1}
    assert behind(graph, "upstream", "raw") == {"raw": 0}


def test_downstream_goes_through_what_the_run_itself_made_and_no_further(graph: Neo4jUnderTest) -> None:
    assert behind(graph, "downstream", "raw") == {"raw": 0, "clean": 1, "features": 2}
    assert behind(graph, "downstream", "clean") == {"clean": 0, "features": 1}
    assert behind(graph, "downstream", "features") == {"features": 0}


@pytest.mark.parametrize("job", ["raw", "clean", "features"])
def test_the_newest_run_of_any_job_that_shares_it_is_found_and_names_all_its_jobs(
    graph: Neo4jUnderTest, job: str
) -> None:
    found = lineage(Queries(graph.driver), Question("upstream", f"job|n|{job}", level="run"), lambda: (1, 0))
    assert found["starts"] == [f"run|{RUNS['B']}"]
    assert found["resolved"]["why"] == "newest run of the job, which 3 jobs share"
    (run,) = [node for node in found["nodes"] if node["kind"] == "run"]
    assert run["jobs"] == ["job|n|clean", "job|n|features", "job|n|raw"]
    assert ("shared by", "clean, features, raw") in details(run, {})


def test_a_run_of_one_job_lists_no_jobs(graph: Neo4jUnderTest) -> None:
    found = lineage(Queries(graph.driver), Question("upstream", f"run|{RUNS['A']}", level="run"), lambda: (1, 0))
    assert not any("jobs" in node for node in found["nodes"])
