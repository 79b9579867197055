"""What was there before and lives on in the version after it, in small stories."""

from typing import Any

import pytest
from headwater_collector.event import Event

from tests.reference.scenario import Facets, dataset_event, edge, edges, graph_of, links, run_event, version

ALTERED: Facets = {"lifecycleStateChange": {"lifecycleStateChange": "ALTER"}}
PART: Facets = {"outputFacets": {"subset": {"outputCondition": {"type": "partition"}}}}


def committed(operation: object) -> Facets:
    return {"outputFacets": {"icebergCommitReport": {"operation": operation}}}


@pytest.mark.parametrize(
    ("said", "evidence"),
    [
        (ALTERED, "LIFECYCLE"),
        (committed("append"), "COMMIT_REPORT"),
        (committed("DELETE"), "COMMIT_REPORT"),
        (committed("replace"), "COMMIT_REPORT"),
        (PART, "SUBSET"),
        ({**PART, **ALTERED}, "LIFECYCLE"),
        ({**PART, "lifecycleStateChange": {"lifecycleStateChange": "OVERWRITE"}}, "SUBSET"),
        ({"outputFacets": {**PART["outputFacets"], **committed("overwrite")["outputFacets"]}}, "SUBSET"),
    ],
)
def test_rows_live_on_where_something_tells_so(said: Facets, evidence: str) -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, [], ["t"]), run_event("B", "COMPLETE", 2, [], [("t", said)]))
    assert edges(graph, "CARRIED_INTO") == {"t@A -CARRIED_INTO-> t@B"}
    assert edge(graph, "t@A -CARRIED_INTO-> t@B")["evidence"] == evidence
    assert edge(graph, "run B -WROTE-> t@B")["carries"] == evidence


@pytest.mark.parametrize("change", ["OVERWRITE", "CREATE", "DROP", "TRUNCATE", "RENAME"])
def test_a_change_that_begins_anew_outdoes_all_else(change: str) -> None:
    said = {**committed("append"), "lifecycleStateChange": {"lifecycleStateChange": change}}
    graph = graph_of(run_event("A", "COMPLETE", 1, [], ["t"]), run_event("B", "COMPLETE", 2, [], [("t", said)]))
    assert edges(graph, "CARRIED_INTO") == set()
    assert "carries" not in edge(graph, "run B -WROTE-> t@B")


@pytest.mark.parametrize("said", [{}, committed("overwrite"), committed(None), committed(1)])
def test_nothing_is_assumed(said: Facets) -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, [], ["t"]), run_event("B", "COMPLETE", 2, [], [("t", said)]))
    assert edges(graph, "CARRIED_INTO") == set()


@pytest.mark.parametrize(
    "query",
    [
        "INSERT INTO t SELECT 1",
        "/* by a scheduler */ merge into t using s on t.id = s.id when matched then update set x = 1;",
        "-- daily\nUPDATE t SET x = 1",
        "DELETE FROM t AS old WHERE old.day = 1",
        "LOAD DATA LOCAL INPATH '/in/a.csv' INTO TABLE t",
        "INSERT OVERWRITE TABLE t PARTITION (day = '1', hour) SELECT 1",
    ],
)
def test_rows_live_on_where_the_statement_of_the_run_leaves_them(query: str) -> None:
    graph = graph_of(*_with_statement(query, "t"))
    assert edge(graph, "t@A -CARRIED_INTO-> t@B")["evidence"] == "STATEMENT"


@pytest.mark.parametrize(
    "query",
    [
        "CREATE TABLE t AS SELECT 1",
        "INSERT OVERWRITE TABLE t SELECT 1",
        "INSERT OVERWRITE t PARTITION (day) SELECT 1 = 1",
        "DELETE FROM t",
        "DELETE FROM t WHERE true",
        "DELETE FROM t -- WHERE x",
        "TRUNCATE TABLE t; INSERT INTO t SELECT 1",
        "LOAD DATA INPATH '/in' OVERWRITE INTO TABLE t",
        "-- INSERT INTO t",
        "WITH s AS (SELECT 1) INSERT INTO t SELECT * FROM s",
    ],
)
def test_a_statement_that_may_replace_everything_carries_nothing(query: str) -> None:
    assert edges(graph_of(*_with_statement(query, "t")), "CARRIED_INTO") == set()


def test_a_statement_tells_of_the_only_output_alone() -> None:
    assert edges(graph_of(*_with_statement("INSERT INTO t SELECT 1", "t", "u")), "CARRIED_INTO") == set()


def test_a_partition_written_anew_leaves_the_others_and_an_insert_that_is_an_overwrite_nothing() -> None:
    said: Facets = {"lifecycleStateChange": {"lifecycleStateChange": "OVERWRITE"}}
    part = _with_statement("INSERT OVERWRITE t PARTITION (day = '1') SELECT 1", ("t", said))
    assert edge(graph_of(*part), "t@A -CARRIED_INTO-> t@B")["evidence"] == "STATEMENT"
    assert edges(graph_of(*_with_statement("INSERT INTO t SELECT 1", ("t", said))), "CARRIED_INTO") == set()


def _with_statement(query: str, *outputs: Any) -> list[Event]:
    """Return a run A that wrote, and a run B that began with a statement and wrote by it."""
    began = run_event("B", "START", 2, [], list(outputs), job_facets={"sql": {"query": query}})
    return [run_event("A", "COMPLETE", 1, [], ["t", "u"]), began, run_event("B", "COMPLETE", 3)]


def test_the_last_report_of_a_run_decides() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"]),
        run_event("B", "START", 2, [], [("t", committed("append"))]),
        run_event("B", "COMPLETE", 3, [], [("t", committed(None))]),
    )
    assert edges(graph, "CARRIED_INTO") == set()


def test_rows_come_from_the_newest_good_version_strictly_before_of_any_name() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("t"))),
        run_event("A", "COMPLETE", 1, [], ["t"]),
        run_event("B", "COMPLETE", 2, [], [("path", version(1))]),
        run_event("C", "FAIL", 3, [], ["t"]),
        run_event("D", "COMPLETE", 4, [], [("t", ALTERED)]),
        run_event("E", "COMPLETE", 4, [], ["path"]),
    )
    assert edges(graph, "CARRIED_INTO") == {"path@1 -CARRIED_INTO-> t@D"}


def test_rows_live_on_in_every_version_that_a_run_wrote_and_never_in_one_of_its_own() -> None:
    def named(name: str) -> tuple[str, dict[str, Any]]:
        return ("t", {**version(name), **committed("append")})

    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"]),
        run_event("B", "START", 2, [], [named("1")]),
        run_event("B", "COMPLETE", 3, [], [named("2")]),
    )
    assert edges(graph, "CARRIED_INTO") == {"t@A -CARRIED_INTO-> t@1", "t@A -CARRIED_INTO-> t@2"}


def test_rows_do_not_live_on_from_one_name_to_another_that_the_same_run_wrote() -> None:
    stream = {"jobType": {"processingType": "STREAMING"}}
    graph = graph_of(
        dataset_event(0, ("path", links("t"))),
        run_event("A", "START", 1, [], ["path"], job_facets=stream),
        run_event("A", "COMPLETE", 2, [], [("t", ALTERED)], job_facets=stream),
    )
    assert edges(graph, "CARRIED_INTO") == set()


def test_a_run_that_failed_carries_nothing_and_the_first_write_has_nothing_to_carry() -> None:
    failed = graph_of(run_event("A", "COMPLETE", 1, [], ["t"]), run_event("B", "FAIL", 2, [], [("t", ALTERED)]))
    assert edges(failed, "CARRIED_INTO") == set()
    assert "carries" not in edge(failed, "run B -WROTE-> t@B")
    first = graph_of(run_event("A", "COMPLETE", 1, [], [("t", ALTERED)]))
    assert edges(first, "CARRIED_INTO") == set()
    assert edge(first, "run A -WROTE-> t@A")["carries"] == "LIFECYCLE"


def test_a_late_write_takes_its_place_between() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"]),
        run_event("C", "COMPLETE", 3, [], [("t", ALTERED)]),
        run_event("B", "COMPLETE", 2, [], [("t", ALTERED)]),
    )
    assert edges(graph, "CARRIED_INTO") == {"t@A -CARRIED_INTO-> t@B", "t@B -CARRIED_INTO-> t@C"}
