"""Streams that tell their whole window, renamed datasets, Iceberg snapshots, and the ways in which runs end."""

from typing import Any

from headwater_graph.vocabulary import OPEN_END

from tests.reference.scenario import (
    columns,
    dataset_event,
    edge,
    edges,
    graph_of,
    job_event,
    moment,
    names,
    node,
    renamed,
    run_event,
    version,
)

WIRES = ("FEEDS", "PRODUCES")
WHOLE = {"jobType": {"processingType": "STREAMING", "emissionPattern": {"eventContentMode": "complete_snapshot"}}}


def commit(snapshot: object, operation: str = "") -> dict[str, Any]:
    return {"outputFacets": {"icebergCommitReport": {"snapshotId": snapshot, "operation": operation}}}


def scan(snapshot: object) -> dict[str, Any]:
    return {"inputFacets": {"icebergScanReport": {"snapshotId": snapshot}}}


def test_a_window_replaces_what_the_stream_was_wired_to_before() -> None:
    graph = graph_of(
        run_event("A", "RUNNING", 1, ["a"], ["x"], job_facets=WHOLE),
        run_event("A", "RUNNING", 2, ["a", "b"], ["x"], job_facets=WHOLE),
        run_event("A", "RUNNING", 3, ["b"], ["x"], job_facets=WHOLE),
    )
    assert edges(graph, *WIRES) == {"b -FEEDS-> job job", "job job -PRODUCES-> x"}
    assert edge(graph, "b -FEEDS-> job job")["firstSeen"] == moment(2)
    assert edge(graph, "job job -PRODUCES-> x")["firstSeen"] == moment(1)


def test_the_run_of_a_stream_keeps_what_every_window_read() -> None:
    graph = graph_of(
        run_event("A", "RUNNING", 1, ["a"], ["x"], job_facets=WHOLE),
        run_event("A", "RUNNING", 2, ["b"], ["x"], job_facets=WHOLE),
    )
    assert edges(graph, "READ_BY") == {"a@?A -READ_BY-> run A", "b@?A -READ_BY-> run A"}


def test_an_event_that_is_no_window_takes_nothing_away_and_adds_nothing_to_one() -> None:
    graph = graph_of(
        run_event("A", "RUNNING", 1, ["a"], ["x"], job_facets=WHOLE),
        run_event("A", "RUNNING", 2, ["b"], ["x"]),
        run_event("A", "RUNNING", 3, job_facets=WHOLE),
    )
    assert edges(graph, *WIRES) == {"a -FEEDS-> job job", "job job -PRODUCES-> x"}
    assert edge(graph, "job job -PRODUCES-> x")["lastSeen"] == moment(2)


def test_windows_of_one_job_say_nothing_of_another_job_of_the_run() -> None:
    graph = graph_of(
        run_event("A", "RUNNING", 1, ["a"], ["x"], job="one"),
        run_event("A", "RUNNING", 2, ["b"], ["x"], job="two", job_facets=WHOLE),
    )
    assert edges(graph, "FEEDS") == {"a -FEEDS-> job one", "b -FEEDS-> job two"}


def test_a_renamed_output_comes_from_what_it_was() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["old"]),
        run_event("B", "COMPLETE", 2, [], [("new", renamed("old"))], job="move"),
    )
    assert edges(graph, "READ_BY") == {"old@A -READ_BY-> run B"}
    assert edge(graph, "old@A -READ_BY-> run B")["evidence"] == "RENAMED"
    assert edge(graph, "run B -WROTE-> new@B") == {"evidence": "ALL_INPUTS", "change": "RENAME"}
    told = edge(graph, "old -FEEDS-> job move")
    assert (told["evidence"], told["firstSeen"]) == ("RENAMED", moment(2))


def test_a_rename_feeds_only_the_output_that_was_renamed() -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("new", renamed("old")), "x"]))
    assert edges(graph, *WIRES) == {
        "a -FEEDS-> job job/new",
        "old -FEEDS-> job job/new",
        "job job/new -PRODUCES-> new",
        "a -FEEDS-> job job/x",
        "job job/x -PRODUCES-> x",
    }


def test_stronger_evidence_of_what_an_output_was_stands() -> None:
    named = {"lineage": {"inputs": [{"namespace": "n", "name": "a", "type": "DATASET"}]}}
    graph = graph_of(run_event("A", "COMPLETE", 1, [], [("new", {**renamed("old"), **named})]))
    assert edges(graph, "FEEDS") == {"a -FEEDS-> job job"}
    assert names(graph, "Dataset") == {"a", "new", "old"}
    both = graph_of(run_event("A", "COMPLETE", 1, [], [("new", {**renamed("old"), **columns(c="old.c")})]))
    assert edge(both, "old -FEEDS-> job job")["evidence"] == "COLUMN"
    listed = graph_of(run_event("A", "COMPLETE", 1, ["old"], [("new", renamed("old"))]))
    assert edge(listed, "old -FEEDS-> job job")["evidence"] == "RENAMED"


def test_the_last_change_said_of_an_output_counts_and_a_rename_to_itself_is_none() -> None:
    dropped = {"lifecycleStateChange": {"lifecycleStateChange": "drop"}}
    graph = graph_of(
        run_event("A", "START", 1, [], [("new", renamed("old"))]),
        run_event("A", "COMPLETE", 2, [], [("new", dropped), ("x", renamed("x"))]),
    )
    assert edges(graph, "FEEDS") == set()
    assert edge(graph, "run A -WROTE-> new@A")["change"] == "DROP"
    assert edge(graph, "run A -WROTE-> x@A")["change"] == "RENAME"


def test_a_change_that_no_run_made_is_a_facet_of_the_dataset_or_of_the_job_that_says_it() -> None:
    graph = graph_of(dataset_event(1, ("new", renamed("old"))), job_event(1, ["a"], [("x", renamed("old"))]))
    assert edges(graph, "HAS_FACET") == {
        "new -HAS_FACET-> facet lifecycleStateChange",
        "job job -HAS_FACET-> facet lifecycleStateChange",
    }
    assert edges(graph, "FEEDS") == {"a -FEEDS-> job job"}
    assert names(graph, "Dataset") == {"new", "a", "x"}


def test_the_snapshots_of_iceberg_are_versions_and_outdo_others() -> None:
    graph = graph_of(
        run_event("A", "START", 1, [], [("t", {**version("7"), **commit(11)})]),
        run_event("A", "COMPLETE", 2, [], [("t", commit("12"))]),
        run_event("B", "COMPLETE", 3, [("t", {**version("8"), **scan(11)})], job="read"),
    )
    assert edges(graph, "WROTE", "READ_BY") == {
        "run A -WROTE-> t@11",
        "run A -WROTE-> t@12",
        "t@11 -READ_BY-> run B",
    }
    assert edge(graph, "t@11 -READ_BY-> run B")["inferred"] is False
    assert node(graph, "t@11")["writtenAt"] == moment(2)


def test_a_snapshot_that_lost_digits_in_a_float_leaves_the_version_that_was_said() -> None:
    graph = graph_of(
        run_event(
            "A", "COMPLETE", 1, [], [("t", {**version("1643889834799482363"), **commit(1.64388983479948237e18)})]
        ),
        run_event("B", "COMPLETE", 2, [], [("t", {**version("7"), **commit(8.0)})]),
    )
    assert edges(graph, "WROTE") == {"run A -WROTE-> t@1643889834799482363", "run B -WROTE-> t@8"}


def test_a_report_without_a_snapshot_leaves_the_version_that_was_said() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [("t", {**version("7"), **commit(None)})]),
        run_event("B", "COMPLETE", 2, [("t", {**version("7"), **scan(None)})], job="read"),
    )
    assert edges(graph, "WROTE", "READ_BY") == {"run A -WROTE-> t@7", "t@7 -READ_BY-> run B"}


def test_a_run_that_failed_stays_failed_when_it_is_said_to_be_complete_just_after() -> None:
    after = 2 + 0.040 / 60
    graph = graph_of(
        run_event("A", "START", 1, ["a"], ["t"]),
        run_event("A", "FAIL", 2, ["a"], ["t"]),
        run_event("A", "COMPLETE", after, ["a"], ["t"]),
        run_event("B", "COMPLETE", 3, ["t"], job="read"),
    )
    told = node(graph, "run A")
    assert (told["state"], told["endedAt"]) == ("FAIL", "2026-01-01T00:02:00.040000000Z")
    assert node(graph, "t@A")["failed"] is True
    assert "t@?B -READ_BY-> run B" in edges(graph, "READ_BY")
    assert edge(graph, "a -FEEDS-> job job")["endedAt"] == OPEN_END


def test_a_late_start_does_not_reopen_a_run() -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, [], ["t"]), run_event("A", "START", 5, ["a"]))
    told = node(graph, "run A")
    assert (told["state"], told["at"], told["startedAt"], told["endedAt"]) == (
        "COMPLETE",
        moment(1),
        moment(5),
        moment(1),
    )
    assert node(graph, "t@A")["writtenAt"] == moment(1)


def test_a_run_may_end_that_never_started() -> None:
    graph = graph_of(run_event("A", "COMPLETE", 2, ["a"], ["t"]), run_event("B", "ABORT", 3, [], ["t"]))
    assert "startedAt" not in node(graph, "run A")
    assert (node(graph, "run A")["at"], node(graph, "run A")["endedAt"]) == (moment(2), moment(2))
    assert node(graph, "run B")["state"] == "ABORT"
    assert (node(graph, "t@A")["writtenAt"], node(graph, "t@B")["failed"]) == (moment(2), True)
