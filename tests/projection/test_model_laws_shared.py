"""A run that several jobs share, as Dagster's do, in small stories: each job's share of it stands for itself."""

from typing import Any

from headwater_collector.event import Event

from tests.reference.scenario import (
    columns,
    dataset_event,
    edge,
    edges,
    graph_of,
    links,
    moment,
    names,
    node,
    run_event,
    version,
)

FLOW = ("READ_BY", "WROTE")
STREAM = {"jobType": {"processingType": "STREAMING"}}


def checks(*names: str, success: bool = True) -> dict[str, Any]:
    return {"dataQualityAssertions": {"assertions": [{"assertion": name, "success": success} for name in names]}}


def rows(count: int, role: str) -> dict[str, Any]:
    return {f"{role}Facets": {f"{role}Statistics": {"rowCount": count}}}


def assets(run: str, minute: int, *names: str) -> list[Event]:
    """Return a run as Dagster tells it: all is planned at once, then made one by one."""
    planned = [run_event(run, "START", minute, [], [name], job=name) for name in names]
    made = [run_event(run, "COMPLETE", minute + n, [], [name], job=name) for n, name in enumerate(names, 1)]
    return planned + made


def test_a_check_is_of_the_version_that_its_run_made() -> None:
    graph = graph_of(
        *assets("A", 1, "raw", "clean"),
        *assets("B", 10, "raw", "clean"),
        run_event("B", "COMPLETE", 13, [("clean", checks("positive", success=False))], job="clean checks"),
    )
    assert edges(graph, "CHECKED") == {"assertion positive -CHECKED-> clean@B"}
    assert edges(graph, "READ_BY") == {"clean@B -READ_BY-> run B"}
    assert edge(graph, "clean@B -READ_BY-> run B")["inferred"]


def test_a_job_reads_what_another_one_wrote_in_the_run_before_it_ended() -> None:
    clean = ("clean", columns(x="raw.x"))
    events = assets("A", 1, "raw") + assets("B", 10, "raw")
    events += [run_event("B", "START", 10, job="clean"), run_event("B", "COMPLETE", 12, [], [clean], job="clean")]
    graph = graph_of(*events)
    assert edges(graph, *FLOW) == {
        "run A -WROTE-> raw@A",
        "run B/raw -WROTE-> raw@B",
        "raw@B -READ_BY-> run B/clean",
        "run B/clean -WROTE-> clean@B",
    }
    assert edge(graph, "raw@B -READ_BY-> run B/clean") == {"evidence": "COLUMN", "inferred": True}


def test_what_is_written_when_a_job_has_ended_it_did_not_read() -> None:
    graph = graph_of(
        *assets("A", 1, "raw"),
        run_event("B", "START", 10, ["raw"], ["early"], job="early"),
        run_event("B", "COMPLETE", 11, job="early"),
        run_event("B", "COMPLETE", 11, [], ["raw"], job="raw"),
    )
    assert edges(graph, "READ_BY") == {"raw@A -READ_BY-> run B/early"}


def test_inputs_of_one_job_do_not_feed_outputs_of_another() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, ["a"], ["b"], job="one"),
        run_event("A", "COMPLETE", 2, ["c"], ["d"], job="two"),
        run_event("A", "COMPLETE", 3, ["e"], job="three"),
    )
    assert edges(graph, *FLOW) == {
        "a@?A -READ_BY-> run A/b",
        "run A/b -WROTE-> b@A",
        "c@?A -READ_BY-> run A/d",
        "run A/d -WROTE-> d@A",
        "e@?A -READ_BY-> run A",
    }
    assert edges(graph, "FEEDS", "PRODUCES") == {
        "a -FEEDS-> job one",
        "job one -PRODUCES-> b",
        "c -FEEDS-> job two",
        "job two -PRODUCES-> d",
        "e -FEEDS-> job three",
    }


def test_a_run_that_changes_the_name_of_its_job_is_not_shared() -> None:
    graph = graph_of(
        run_event("A", "START", 1, ["a"], job="application"),
        run_event("A", "COMPLETE", 2, [], ["b"], job="application.insert"),
    )
    assert edges(graph, *FLOW) == {"a@?A -READ_BY-> run A", "run A -WROTE-> b@A"}


def test_where_one_job_alone_names_datasets_the_run_itself_reads_and_writes() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, ["a"], ["b"], job="one"),
        run_event("A", "FAIL", 2, job="two"),
    )
    assert edges(graph, *FLOW) == {"a@?A -READ_BY-> run A", "run A -WROTE-> b@A"}
    assert "failed" not in node(graph, "b@A")
    assert node(graph, "run A")["state"] == "FAIL"


def test_what_one_job_did_not_get_done_takes_nothing_from_the_others() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 2, [], ["a"], job="one"),
        run_event("A", "START", 1, [], ["b"], job="two"),
        run_event("A", "FAIL", 3, job="two"),
        run_event("A", "START", 1, [], ["c"], job="three"),
        run_event("B", "COMPLETE", 4, ["a", "b", "c"], job="reads"),
    )
    assert edges(graph, "READ_BY") == {f"{read} -READ_BY-> run B" for read in ("a@A", "b@?B", "c@A")}
    assert {
        name: (node(graph, name)["writtenAt"], node(graph, name).get("failed")) for name in ("a@A", "b@A", "c@A")
    } == {
        "a@A": (moment(2), None),
        "b@A": (moment(1), True),
        "c@A": (moment(1), None),
    }


def test_what_two_jobs_write_is_one_version_from_the_last_of_them_that_did_not_fail() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [("t", rows(5, "output"))], job="one"),
        run_event("A", "COMPLETE", 3, [], ["t"], job="two"),
        run_event("A", "FAIL", 5, [], ["t"], job="three"),
        run_event("B", "COMPLETE", 2, ["t"], job="reads"),
        run_event("C", "COMPLETE", 4, ["t"], job="reads"),
    )
    assert edges(graph, *FLOW) == {"run A/t -WROTE-> t@A", "t@?B -READ_BY-> run B", "t@A -READ_BY-> run C"}
    assert node(graph, "t@A") == {"datasetKey": "dataset|n|t", "source": "RUN", "writtenAt": moment(3)}
    assert edge(graph, "run A/t -WROTE-> t@A") == {"evidence": "ALL_INPUTS", "rowCount": 5}


def test_what_all_jobs_failed_to_write_failed() -> None:
    graph = graph_of(
        run_event("A", "FAIL", 1, [], ["t"], job="one"),
        run_event("A", "ABORT", 3, [], ["t"], job="two"),
    )
    assert node(graph, "t@A") == {
        "datasetKey": "dataset|n|t",
        "source": "RUN",
        "writtenAt": moment(1),
        "failed": True,
    }


def test_a_job_does_not_read_what_it_writes_though_another_wrote_it_too() -> None:
    graph = graph_of(
        *assets("A", 1, "t"),
        run_event("B", "COMPLETE", 10, [], ["t"], job="load"),
        run_event("B", "COMPLETE", 12, ["t"], ["t"], job="dedupe"),
    )
    assert edges(graph, "READ_BY") == {"t@A -READ_BY-> run B/t"}


def test_what_did_not_end_reads_what_was_there_when_it_began() -> None:
    """What it wrote counts as of then as well: nothing is made of what was made of it."""
    graph = graph_of(
        run_event("A", "COMPLETE", 3, [], ["t"], job="one"),
        run_event("A", "COMPLETE", 4, job="two"),
        run_event("A", "START", 2, ["t"], ["u"], job="open"),
        run_event("A", "RUNNING", 5, job="open"),
        run_event("A", "START", 2, ["t"], ["v"], job="stream", job_facets=STREAM),
        run_event("A", "COMPLETE", 6, job="stream"),
    )
    assert edges(graph, "READ_BY") == {"t@?A -READ_BY-> run A/u", "t@?A -READ_BY-> run A/v"}
    assert node(graph, "v@A")["writtenAt"] == moment(2)


def test_a_stream_beside_other_jobs_makes_no_streams_of_them() -> None:
    graph = graph_of(
        run_event("A", "START", 1, [], ["t"], job="batch"),
        run_event("A", "COMPLETE", 3, job="batch"),
        run_event("A", "START", 2, [], ["u"], job="stream", job_facets=STREAM),
        run_event("A", "COMPLETE", 4, job="stream"),
    )
    assert {name: node(graph, name)["writtenAt"] for name in ("t@A", "u@A")} == {"t@A": moment(3), "u@A": moment(2)}


def test_two_jobs_may_read_two_versions_of_one_dataset() -> None:
    graph = graph_of(
        *assets("A", 1, "t"),
        run_event("B", "COMPLETE", 10, ["t"], ["u"], job="early"),
        run_event("B", "COMPLETE", 11, [], ["t"], job="load"),
        run_event("B", "COMPLETE", 12, ["t"], ["v"], job="late"),
    )
    assert edges(graph, "READ_BY") == {"t@A -READ_BY-> run B/u", "t@B -READ_BY-> run B/v"}


def test_a_late_write_rebinds_only_the_jobs_that_began_after_it() -> None:
    graph = graph_of(
        *assets("A", 1, "t"),
        run_event("B", "COMPLETE", 10, ["t"], ["u"], job="early"),
        run_event("B", "COMPLETE", 14, ["t"], ["v"], job="late"),
        run_event("C", "COMPLETE", 12, [], ["t"], job="load"),
    )
    assert edges(graph, "READ_BY") == {"t@A -READ_BY-> run B/u", "t@C -READ_BY-> run B/v"}


def test_a_newer_write_of_another_run_is_read_rather_than_an_older_one_of_its_own() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"], job="load"),
        run_event("A", "START", 3, ["t"], job="check"),
        run_event("A", "COMPLETE", 4, job="check"),
        run_event("B", "COMPLETE", 2, [], ["t"], job="load"),
    )
    assert edges(graph, "READ_BY") == {"t@B -READ_BY-> run A"}


def test_what_was_written_under_another_name_in_the_run_is_read() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [("path", links("table"))], job="load"),
        run_event("A", "COMPLETE", 2, ["table"], job="check"),
    )
    assert edges(graph, "READ_BY") == {"path@A -READ_BY-> run A"}


def test_what_turns_out_to_have_failed_was_not_read_though_another_job_wrote_it_well_later() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "COMPLETE", 3, [], ["path"], job="load"),
        run_event("A", "COMPLETE", 9, [], ["path"], job="again"),
        run_event("A", "COMPLETE", 5, ["table"], job="check"),
        run_event("A", "FAIL", 4, job="load"),
    )
    assert node(graph, "path@A")["writtenAt"] == moment(9)
    assert edges(graph, "READ_BY") == {"table@?A -READ_BY-> run A"}


def test_of_versions_written_in_the_run_the_newest_is_read_also_when_one_turns_out_to_be_older() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 5, [], [("t", version("1"))], job="one"),
        run_event("A", "COMPLETE", 6, [], [("t", version("2"))], job="two"),
        run_event("A", "START", 2, ["t"], job="check"),
        run_event("A", "COMPLETE", 8, job="check"),
        run_event("B", "COMPLETE", 20, [], ["t"]),
        run_event("C", "COMPLETE", 4, [], [("t", version("2"))]),
    )
    assert edges(graph, "READ_BY") == {"t@1 -READ_BY-> run A"}


def test_a_version_that_a_job_reads_by_name_is_sought_as_of_the_begin_of_that_job() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"], job="load"),
        run_event("B", "START", 0, [], ["other"], job="first"),
        run_event("B", "COMPLETE", 2, [("t", version("x"))], job="check"),
        run_event("B", "COMPLETE", 3, job="first"),
    )
    assert edges(graph, "READ_BY") == {"t@A -READ_BY-> run B"}
    assert edge(graph, "t@A -READ_BY-> run B")["namedVersion"] == "x"


def test_of_one_check_in_two_jobs_the_later_one_stands_and_others_stay() -> None:
    graph = graph_of(
        *assets("A", 1, "t"),
        run_event("B", "COMPLETE", 10, [("t", checks("unique", "fresh"))], job="before"),
        run_event("B", "COMPLETE", 11, [], ["t"], job="load"),
        run_event("B", "COMPLETE", 12, [("t", checks("unique", success=False))], job="after"),
    )
    assert edges(graph, "CHECKED") == {"assertion unique -CHECKED-> t@B", "assertion fresh -CHECKED-> t@A"}
    assert node(graph, "assertion unique")["success"] is False
    assert names(graph, "Assertion") == {"assertion unique", "assertion fresh"}


def test_what_was_measured_is_of_the_version_that_its_job_read_or_wrote() -> None:
    measured = {"dataQualityMetrics": {"rowCount": 7}}
    graph = graph_of(
        *assets("A", 1, "t"),
        run_event("B", "COMPLETE", 10, [("t", measured)], job="profile"),
        run_event("B", "COMPLETE", 11, [], ["t"], job="load"),
    )
    assert edges(graph, "DESCRIBES") == {"metric rowCount -DESCRIBES-> t@A"}


def test_what_two_jobs_tell_of_one_read_stands_together() -> None:
    role = {"inputFacets": {"headwater_inputRole": {"role": "train"}}}
    graph = graph_of(
        *assets("A", 1, "t"),
        run_event("B", "COMPLETE", 10, [("t", rows(5, "input"))], job="one"),
        run_event("B", "COMPLETE", 11, [("t", role)], job="two"),
    )
    told = {"evidence": "ALL_INPUTS", "inferred": True, "rowCount": 5, "role": "train"}
    assert edge(graph, "t@A -READ_BY-> run B") == told


def test_what_lives_on_is_never_of_the_same_run() -> None:
    added = ("t", {"outputFacets": {"icebergCommitReport": {"operation": "append"}}})
    graph = graph_of(
        *assets("A", 1, "t"),
        run_event("B", "COMPLETE", 10, [], ["t"], job="one"),
        run_event("B", "COMPLETE", 12, [], [added], job="two"),
    )
    assert edges(graph, "CARRIED_INTO") == {"t@A -CARRIED_INTO-> t@B"}


def test_versions_that_two_jobs_write_by_one_name_are_there_since_the_first() -> None:
    named = ("t", version("7"))
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [named], job="one"),
        run_event("A", "COMPLETE", 3, [], [named], job="two"),
        run_event("B", "COMPLETE", 2, ["t"], job="reads"),
    )
    assert node(graph, "t@7")["writtenAt"] == moment(1)
    assert edges(graph, "READ_BY") == {"t@7 -READ_BY-> run B"}
