"""Laws 4 and 5 in small stories: what feeds what, and which version a run read."""

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
    run_event,
    version,
)

FLOW = ("READ_BY", "WROTE")
WIRES = ("FEEDS", "PRODUCES")


def test_a_read_is_bound_to_the_newest_version_written_before_the_run() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"], job="load"),
        run_event("B", "COMPLETE", 2, [], ["t"], job="load"),
        run_event("C", "COMPLETE", 3, ["t"], ["m"], job="train"),
    )
    assert edges(graph, *FLOW) == {
        "run A -WROTE-> t@A",
        "run B -WROTE-> t@B",
        "t@B -READ_BY-> run C",
        "run C -WROTE-> m@C",
    }
    assert edge(graph, "t@B -READ_BY-> run C") == {"evidence": "ALL_INPUTS", "inferred": True}
    assert node(graph, "t@B")["writtenAt"] == moment(2)


def test_a_write_at_the_very_time_of_the_read_is_not_before_it() -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, [], ["t"]), run_event("B", "START", 1, ["t"], job="train"))
    assert edges(graph, "READ_BY") == {"t@?B -READ_BY-> run B"}
    assert node(graph, "t@?B")["source"] == "UNKNOWN"


def test_a_failed_run_wrote_a_version_that_no_read_is_bound_to() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"]),
        run_event("B", "START", 2, [], ["t"]),
        run_event("B", "FAIL", 3),
        run_event("C", "COMPLETE", 4, ["t"], job="train"),
    )
    assert "t@A -READ_BY-> run C" in edges(graph, "READ_BY")
    assert node(graph, "t@B") == {
        "datasetKey": "dataset|n|t",
        "source": "RUN",
        "writtenAt": moment(2),
        "failed": True,
    }


def test_a_complete_run_writes_at_its_end_and_a_stream_when_it_first_names_the_output() -> None:
    stream = {"jobType": {"processingType": "streaming"}}
    graph = graph_of(
        run_event("A", "START", 1, [], ["t"]),
        run_event("A", "COMPLETE", 5, [], ["t"]),
        run_event("B", "START", 2, [], ["s"], job="flow", job_facets=stream),
        run_event("B", "COMPLETE", 6, job="flow"),
        run_event("C", "START", 3, [], ["u"], job="open"),
    )
    written = {name: node(graph, name)["writtenAt"] for name in ("t@A", "s@B", "u@C")}
    assert written == {"t@A": moment(5), "s@B": moment(2), "u@C": moment(3)}


def test_a_version_that_reader_and_writer_name_is_one_node() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [("t", version(7))]),
        run_event("B", "COMPLETE", 9, [], ["t"]),
        run_event("C", "COMPLETE", 10, [("t", version("7"))], job="train"),
    )
    assert edge(graph, "t@7 -READ_BY-> run C") == {"evidence": "ALL_INPUTS", "inferred": False}


def test_a_version_that_only_readers_name_is_the_newest_versionless_one_before_the_first_of_them() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"]),
        run_event("B", "COMPLETE", 3, [("t", version("x"))], job="train"),
        run_event("C", "COMPLETE", 4, [], ["t"]),
        run_event("D", "COMPLETE", 5, [("t", version("x"))], job="train"),
    )
    assert edges(graph, "READ_BY") == {"t@A -READ_BY-> run B", "t@A -READ_BY-> run D"}
    assert edge(graph, "t@A -READ_BY-> run D")["namedVersion"] == "x"


def test_a_version_that_a_dataset_event_names_is_not_replaced() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"]),
        run_event("B", "COMPLETE", 3, [("t", version("x"))], job="train"),
        dataset_event(9, ("t", version("x"))),
    )
    assert edges(graph, "READ_BY") == {"t@x -READ_BY-> run B"}


def test_several_versions_of_one_dataset_in_one_run_are_all_kept() -> None:
    graph = graph_of(
        run_event("A", "START", 1, [("t", version("1"))], [("m", version("1"))]),
        run_event("A", "COMPLETE", 2, [("t", version("2"))], [("m", version("2"))]),
    )
    assert edges(graph, *FLOW) == {
        "t@1 -READ_BY-> run A",
        "t@2 -READ_BY-> run A",
        "run A -WROTE-> m@1",
        "run A -WROTE-> m@2",
    }


def test_a_dataset_both_read_and_written_does_not_feed_itself() -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, ["t"], ["t"]), run_event("B", "COMPLETE", 2, ["t"], ["t"]))
    assert edges(graph, *FLOW) == {
        "t@?A -READ_BY-> run A",
        "run A -WROTE-> t@A",
        "t@A -READ_BY-> run B",
        "run B -WROTE-> t@B",
    }


def test_outputs_with_different_inputs_split_the_run_and_the_job() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, ["a", "b"], [("x", columns(c="a.c")), ("y", columns(c="b.c"))]),
    )
    assert edges(graph, *WIRES) == {
        "a -FEEDS-> job job/x",
        "job job/x -PRODUCES-> x",
        "b -FEEDS-> job job/y",
        "job job/y -PRODUCES-> y",
    }
    assert "a@?A -READ_BY-> run A/x" in edges(graph, "READ_BY")
    assert edge(graph, "a -FEEDS-> job job/x")["evidence"] == "COLUMN_LINEAGE"


def test_an_input_that_no_output_names_feeds_all_with_column_lineage() -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a", "b", "u"], [("x", columns(c="a.c")), ("y", columns(c="b.c"))]))
    assert {line for line in edges(graph, "FEEDS") if line.startswith("u ")} == {
        "u -FEEDS-> job job/x",
        "u -FEEDS-> job job/y",
    }
    assert edge(graph, "u -FEEDS-> job job/x")["evidence"] == "UNNAMED_INPUT"


def test_a_dataset_that_only_columns_name_is_an_input() -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, [], [("x", columns(c="a.c"))]))
    assert edge(graph, "a -FEEDS-> job job")["evidence"] == "COLUMN"
    assert edge(graph, "a@?A -READ_BY-> run A")["evidence"] == "COLUMN"


def test_a_lineage_facet_beats_columns_and_may_say_that_nothing_feeds_an_output() -> None:
    nothing = {**columns(c="a.c"), "lineage": {"inputs": []}}
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("x", nothing), ("y", {})]))
    assert edges(graph, *WIRES) == {"a -FEEDS-> job job/y", "job job/y -PRODUCES-> y", "job job/x -PRODUCES-> x"}
    assert edge(graph, "job job/x -PRODUCES-> x")["evidence"] == "LINEAGE"


def test_weaker_wiring_ends_where_a_later_complete_run_says_better() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, ["a", "b"], ["x", "y"]),
        run_event("B", "START", 3, ["a", "b"], [("x", columns(c="a.c")), ("y", columns(c="b.c"))]),
        run_event("B", "COMPLETE", 4),
    )
    assert edge(graph, "a -FEEDS-> job job")["endedAt"] == moment(3)
    assert edge(graph, "a -FEEDS-> job job/x")["endedAt"] == OPEN_END


def test_silence_and_unfinished_runs_end_nothing() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, ["a"], ["x"]),
        run_event("B", "COMPLETE", 2),
        run_event("C", "FAIL", 3, [], ["x"]),
        run_event("D", "RUNNING", 4, [], ["x"]),
    )
    wire = edge(graph, "a -FEEDS-> job job")
    assert (wire["endedAt"], wire["runs"]) == (OPEN_END, 1)
    assert edge(graph, "job job -PRODUCES-> x")["runs"] == 3


def test_a_job_event_declares_and_ends_wiring_without_a_run() -> None:
    graph = graph_of(job_event(1, ["a"], ["x"]), job_event(2, ["b"], ["x"]))
    assert edge(graph, "a -FEEDS-> job job")["endedAt"] == moment(2)
    assert edge(graph, "b -FEEDS-> job job")["runs"] == 0
    assert names(graph, "Run") == names(graph, "DatasetVersion") == set()


def test_wiring_counts_for_the_job_of_its_event_where_a_run_has_two() -> None:
    graph = graph_of(
        run_event("A", "START", 1, ["a"], ["x"], job="one"), run_event("A", "COMPLETE", 2, ["b"], ["x"], job="two")
    )
    assert edges(graph, "FEEDS") == {"a -FEEDS-> job one", "b -FEEDS-> job two"}
    assert edges(graph, "READ_BY") == {"a@?A -READ_BY-> run A", "b@?A -READ_BY-> run A"}
    assert edges(graph, "RUN_OF") == {"run A -RUN_OF-> job one", "run A -RUN_OF-> job two"}


def test_a_run_that_turns_out_to_have_steps_no_longer_counts_for_the_whole_job() -> None:
    said, split = ("t", columns(t="a.x")), [("t", columns(t="a.x")), ("u", columns(u="b.x"))]
    graph = graph_of(
        run_event("A", "COMPLETE", 1, ["a"], [said]),
        run_event("C", "COMPLETE", 5, ["a"], [said]),
        run_event("B", "START", 2, ["a", "b"], ["t", "u"]),
        run_event("B", "COMPLETE", 3, ["a", "b"], split),
    )
    assert edges(graph, "FEEDS") == {"a -FEEDS-> job job", "a -FEEDS-> job job/t", "b -FEEDS-> job job/u"}
    whole = edge(graph, "a -FEEDS-> job job")
    assert (whole["runs"], whole["evidence"]) == (2, "COLUMN_LINEAGE")
    assert (whole["firstSeen"], whole["lastSeen"]) == (moment(1), moment(5))
