"""What lineage facets say of jobs, in small stories: a job's own inputs and outputs, and flows between others."""

from typing import Any

import pytest
from headwater_collector.parse import parse_event
from headwater_collector.projection.say import say
from headwater_graph.vocabulary import OPEN_END

from tests.reference.graph import Graph
from tests.reference.scenario import (
    RUNS,
    columns,
    dataset_event,
    edge,
    edges,
    graph_of,
    job_event,
    moment,
    names,
    run_event,
)

FLOW = ("READ_BY", "WROTE")
WIRES = ("FEEDS", "PRODUCES")
OWN: dict[str, Any] = {"type": "JOB"}


def data(name: str, *sources: dict[str, Any]) -> dict[str, Any]:
    """Return a dataset as a source, or with sources as a target."""
    return {"namespace": "n", "name": name, "type": "DATASET", **({"inputs": [*sources]} if sources else {})}


def work(name: str, *sources: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return a job as a source, or with sources as a target."""
    return {"namespace": "n", "name": name, "type": "JOB", **({"inputs": [*sources]} if sources else {}), **more}


def of_job(*entries: dict[str, Any]) -> dict[str, Any]:
    """Return the facet of a job."""
    return {"lineage": {"entries": [*entries]}}


def of_dataset(*sources: dict[str, Any]) -> dict[str, Any]:
    """Return the facet of a dataset."""
    return {"lineage": {"inputs": [*sources]}}


@pytest.mark.parametrize(
    "sources",
    [[data("a")], [data("a"), work("other")], [data("a"), OWN], [OWN], [work("job")], [OWN, work("other")]],
    ids=["data", "data and job", "data and itself", "itself", "itself by name", "two jobs"],
)
def test_a_target_of_the_job_is_an_output_though_no_list_states_it(sources: list[dict[str, Any]]) -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, job_facets=of_job(data("t", *sources))))
    read = {"a -FEEDS-> job job"} if data("a") in sources else set()
    flows = {"job other -PRODUCES-> t"} if work("other") in sources else set()
    assert edges(graph, *WIRES) == {"job job -PRODUCES-> t"} | read | flows
    assert edges(graph, "WROTE") == {"run A -WROTE-> t@A"}
    assert edge(graph, "job job -PRODUCES-> t")["evidence"] == "LINEAGE"
    assert edges(graph, "READ_BY") == ({"a@?A -READ_BY-> run A"} if read else set())


def test_a_target_that_only_other_jobs_feed_is_no_output_unless_it_is_stated() -> None:
    facet = of_job(data("t", work("one"), work("two")))
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], ["u"], job_facets=facet))
    assert edges(graph, "PRODUCES") == {"job job -PRODUCES-> u", "job one -PRODUCES-> t", "job two -PRODUCES-> t"}
    assert edges(graph, "WROTE") == {"run A -WROTE-> u@A"}
    stated = graph_of(run_event("A", "COMPLETE", 1, ["a"], ["t", "u"], job_facets=facet))
    assert edges(stated, "WROTE") == {"run A/t -WROTE-> t@A", "run A/u -WROTE-> u@A"}
    assert edges(stated, "READ_BY") == {"a@?A -READ_BY-> run A/u"}


def test_what_the_job_reads_by_its_facet_feeds_none_of_its_outputs() -> None:
    facet = of_job({**OWN, "inputs": [data("a"), data("b")]})
    graph = graph_of(run_event("A", "COMPLETE", 1, ["b"], ["t"], job_facets=facet))
    assert edges(graph, *WIRES) == {
        "a -FEEDS-> job job",
        "b -FEEDS-> job job/t",
        "job job/t -PRODUCES-> t",
    }
    assert edge(graph, "a -FEEDS-> job job")["evidence"] == "LINEAGE"
    assert edge(graph, "b -FEEDS-> job job/t")["evidence"] == "ALL_INPUTS"
    alone = graph_of(run_event("A", "COMPLETE", 1, job_facets=facet))
    assert edges(alone, *WIRES) == {"a -FEEDS-> job job", "b -FEEDS-> job job"}
    assert edges(alone, *FLOW) == {"a@?A -READ_BY-> run A", "b@?A -READ_BY-> run A"}


def test_flows_of_other_jobs_stand_beside_their_own_wires() -> None:
    facet = of_job(work("load", data("a"), work("extract"), OWN), data("t", work("load"), OWN))
    graph = graph_of(
        run_event("A", "COMPLETE", 1, ["a"], ["t"], job="load"),
        run_event("B", "COMPLETE", 2, job="job", job_facets=facet),
    )
    flows = {identity[:3]: properties for identity, properties in graph.edges.items() if identity[3] == "job|n|job"}
    assert flows == {
        (type_, source, target): {
            "evidence": "LINEAGE",
            "saidBy": "job|n|job",
            "firstSeen": moment(2),
            "lastSeen": moment(2),
            "endedAt": OPEN_END,
        }
        for type_, source, target in (
            ("FEEDS", "dataset|n|a", "job|n|load"),
            ("FEEDS", "job|n|extract", "job|n|load"),
            ("FEEDS", "job|n|job", "job|n|load"),
            ("PRODUCES", "job|n|load", "dataset|n|t"),
        )
    }
    assert ("FEEDS", "dataset|n|a", "job|n|load", "") in graph.edges


def test_what_runs_say_of_flows_adds_up() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, job_facets=of_job(work("t", work("k")))),
        run_event("B", "COMPLETE", 2, job_facets=of_job(work("t", work("l")))),
        run_event("C", "COMPLETE", 3, job_facets=of_job(work("t", work("k")))),
        run_event("D", "COMPLETE", 4, job_facets={"lineage": {"_deleted": True}}),
    )
    assert edges(graph, "FEEDS") == {"job k -FEEDS-> job t", "job l -FEEDS-> job t"}
    seen = edge(graph, "job k -FEEDS-> job t")
    assert (seen["firstSeen"], seen["lastSeen"]) == (moment(1), moment(3))


def test_the_last_job_event_with_the_facet_decides_what_job_events_say() -> None:
    first, second = job_event(1, job_facets=of_job(work("t", work("k")))), of_job(work("t", work("l")))
    graph = graph_of(first, job_event(2, job_facets=second), job_event(3, ["a"]))
    assert edges(graph, "FEEDS") == {"job l -FEEDS-> job t", "a -FEEDS-> job job"}
    malformed = graph_of(first, job_event(2, job_facets={"lineage": {"entries": 1}}))
    assert edges(malformed, "FEEDS") == {"job k -FEEDS-> job t"}
    deleted = graph_of(first, job_event(2, job_facets={"lineage": {"_deleted": True}}))
    assert edges(deleted, "FEEDS") == set()
    assert names(deleted, "Job") == {"job job", "job t", "job k"}
    by_run = run_event("A", "COMPLETE", 0, job_facets=of_job(work("t", work("k"))))
    assert edges(graph_of(first, by_run, job_event(2, job_facets=second)), "FEEDS") == {
        "job k -FEEDS-> job t",
        "job l -FEEDS-> job t",
    }


def test_an_output_and_a_dataset_name_jobs_that_make_them() -> None:
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("t", of_dataset(work("k")))]))
    assert edges(graph, "PRODUCES") == {"job job/t -PRODUCES-> t", "job k -PRODUCES-> t"}
    said = dataset_event(1, ("t", of_dataset(work("k"), data("a"), OWN)))
    graph = graph_of(said)
    assert edges(graph, *WIRES) == {"a -FEEDS-> t/t", "t/t -PRODUCES-> t", "job k -PRODUCES-> t"}
    assert graph.edges["PRODUCES", "job|n|k", "dataset|n|t", "dataset|n|t"]["saidBy"] == "dataset|n|t"
    cleared = graph_of(said, dataset_event(2, ("t", {"lineage": {"_deleted": True}})))
    assert edges(cleared, *WIRES) == set()
    assert names(cleared, "Job") == {"job k"}


def test_a_run_that_comes_with_a_job_is_there_with_it() -> None:
    facet = of_job(work("t", work("k", runId="7"), runId=RUNS["B"]), data("x", {**OWN, "runId": "8"}))
    graph = graph_of(run_event("A", "COMPLETE", 1, job_facets=facet))
    assert edges(graph, "RUN_OF") == {
        "run A -RUN_OF-> job job",
        "run B -RUN_OF-> job t",
        "run run|n|7 -RUN_OF-> job k",
        "run run|n|8 -RUN_OF-> job job",
    }
    assert edge(graph, "run run|n|7 -FEEDS-> run B")["saidBy"] == f"run|{RUNS['A']}"
    assert edges(graph, *FLOW) == {"run A -WROTE-> x@A", "run run|n|8 -WROTE-> x@version|n|x|run|run%7Cn%7C8"}


@pytest.mark.parametrize("half", [{"namespace": "n"}, {"name": "t"}, {"namespace": "n", "name": ""}, {"name": 1}])
def test_a_job_named_by_half_is_nobody(half: dict[str, Any]) -> None:
    facet = of_job({**OWN, **half, "inputs": [data("a"), work("k")]}, work("t", {**OWN, **half}))
    graph = graph_of(run_event("A", "COMPLETE", 1, job_facets=facet))
    assert edges(graph, *WIRES) == set()
    assert names(graph, "Job") == {"job job", "job t"}


def test_a_job_is_no_source_of_columns() -> None:
    fields = {"x": {"inputs": [{**work("k"), "field": "y"}, OWN]}}
    facet = of_job({**data("t", data("a")), "fields": fields})
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("t", columns(z="a.z"))], job_facets=facet))
    assert edges(graph, "DERIVES") == {"a.z -DERIVES-> t.z"}
    assert edges(graph, "PRODUCES") == {"job job -PRODUCES-> t", "job k -PRODUCES-> t"}


def test_the_lineage_of_a_parent_wires_nothing() -> None:
    above = {"namespace": "n", "name": "above", "facets": of_job(work("t", work("k")))}
    parent = {"run": {"runId": RUNS["F"]}, "job": above}
    graph = graph_of(run_event("A", "COMPLETE", 1, facets={"parent": parent}))
    assert edges(graph, *WIRES) == set()
    assert names(graph, "Job") == {"job job", "job above"}


def test_a_facet_that_is_left_out_is_noted() -> None:
    body = b'{"eventTime":"2026-01-01T00:00:00Z","job":{"namespace":"n","name":"j","facets":{"lineage":{"entries":'
    body += b'[{"type":"JOB","namespace":"n","name":"t","inputs":3}]}}}}'
    assert say(parse_event(body)).warnings == [
        "lineage: inputs must be a list and fields an object; this facet is left out"
    ]


def test_what_a_dataset_says_again_of_its_sources_tells_when_it_was_said_last() -> None:
    said = ("t", of_dataset(data("a")))
    graph = graph_of(dataset_event(1, said), dataset_event(2, said))
    assert edges(graph, *WIRES) == {"a -FEEDS-> t/t", "t/t -PRODUCES-> t"}
    found = edge(graph, "a -FEEDS-> t/t")
    assert (found["firstSeen"], found["lastSeen"]) == (moment(2), moment(2))


@pytest.mark.parametrize("entries", [5, {}, "x", [5], None])
def test_a_dataset_has_no_entries_and_what_stands_there_fails_no_event(entries: Any) -> None:
    said = {"lineage": {"inputs": [data("a")], "entries": entries}}
    graph = graph_of(run_event("A", "COMPLETE", 1, [("i", said)], [("t", said)]), job_event(2, ["b"], [("u", said)]))
    assert "b -FEEDS-> job job" in edges(graph, "FEEDS")


def tied(name: str, run: str, *sources: dict[str, Any]) -> dict[str, Any]:
    """Return a job with one of the runs A to F, as a source, or with sources as a target."""
    return work(name, *sources, runId=RUNS[run])


def between_runs(graph: Graph) -> set[str]:
    """Return the edges from run to run."""
    return {found for found in edges(graph, "FEEDS") if found.startswith("run ")}


def test_a_run_id_ties_what_flows_from_job_to_job_to_the_runs() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 3, job="orchestrator", job_facets=of_job(tied("t", "B", tied("k", "C")))),
        run_event(
            "A", "OTHER", 4, job="orchestrator", job_facets=of_job(tied("t", "B", tied("k", "C")), work("t", OWN))
        ),
        run_event("B", "COMPLETE", 5, job="t"),
    )
    assert between_runs(graph) == {"run C -FEEDS-> run B"}
    run = f"run|{RUNS['A']}"
    assert graph.edges["FEEDS", f"run|{RUNS['C']}", f"run|{RUNS['B']}", run] == {
        "evidence": "LINEAGE",
        "saidBy": run,
        "firstSeen": moment(3),
        "lastSeen": moment(4),
        "endedAt": OPEN_END,
    }
    assert {"job k -FEEDS-> job t", "job orchestrator -FEEDS-> job t"} < edges(graph, "FEEDS")


def test_the_event_s_own_job_means_the_event_s_run() -> None:
    facet = of_job({**OWN, "inputs": [tied("k", "B"), {**OWN, "runId": RUNS["C"]}]}, tied("t", "D", work("job")))
    graph = graph_of(run_event("A", "COMPLETE", 1, job_facets=facet))
    assert between_runs(graph) == {f"run {run}" for run in ("B -FEEDS-> run A", "C -FEEDS-> run A", "A -FEEDS-> run D")}
    assert between_runs(graph_of(job_event(1, job_facets=facet))) == set()


def test_the_last_job_event_decides_what_job_events_say_of_runs() -> None:
    first = job_event(1, job_facets=of_job(tied("t", "A", tied("k", "B"))))
    second = job_event(2, job_facets=of_job(tied("t", "A", tied("k", "C"))))
    graph = graph_of(first, second)
    assert between_runs(graph) == {"run C -FEEDS-> run A"}
    assert edge(graph, "run C -FEEDS-> run A")["saidBy"] == "job|n|job"
    assert between_runs(graph_of(first, second, job_event(3, job_facets={"lineage": {"_deleted": True}}))) == set()


def test_what_others_say_that_a_run_reads_is_bound_at_the_time_of_that_run() -> None:
    said = run_event("F", "OTHER", 9, job="orchestrator", job_facets=of_job(tied("t", "C", data("a"))))
    writes = [run_event("A", "COMPLETE", 1, [], ["a"]), run_event("B", "COMPLETE", 5, [], ["a"])]
    graph = graph_of(*writes, said)
    assert edges(graph, "READ_BY") == {"a@B -READ_BY-> run C"}
    known = graph.nodes[f"run|{RUNS['C']}"][1]
    assert (known["at"], "state" in known) == (moment(9), False)
    graph = graph_of(
        *writes, said, run_event("C", "START", 3, job="t"), run_event("C", "COMPLETE", 10, [], ["x"], job="t")
    )
    assert edges(graph, *FLOW) == {
        "a@A -READ_BY-> run C",
        "run A -WROTE-> a@A",
        "run B -WROTE-> a@B",
        "run C -WROTE-> x@C",
    }
    assert edge(graph, "a@A -READ_BY-> run C")["evidence"] == "LINEAGE"
    assert edges(graph, *WIRES) == {"a -FEEDS-> job t", "job job -PRODUCES-> a", "job t -PRODUCES-> x"}


def test_what_others_say_that_a_run_wrote_is_there_when_that_run_is_done() -> None:
    said = run_event("F", "COMPLETE", 2, job="orchestrator", job_facets=of_job(data("x", tied("k", "A"))))
    reads = [run_event("C", "COMPLETE", 3, ["x"], job="read"), run_event("D", "COMPLETE", 7, ["x"], job="read")]
    assert edges(graph_of(said, *reads), *FLOW) == {
        "run A -WROTE-> x@A",
        "x@A -READ_BY-> run C",
        "x@A -READ_BY-> run D",
    }
    own = [run_event("A", "START", 4, ["a"], job="k"), run_event("A", "COMPLETE", 5, job="k")]
    assert edges(graph_of(said, *reads, *own), *FLOW) == {
        "a@?A -READ_BY-> run A",
        "run A -WROTE-> x@A",
        "x@?C -READ_BY-> run C",
        "x@A -READ_BY-> run D",
    }
    unfinished = graph_of(said, *reads, own[0])
    assert {"x@?C -READ_BY-> run C", "x@A -READ_BY-> run D"} < edges(unfinished, *FLOW)


def test_a_dataset_event_says_which_run_wrote_it() -> None:
    graph = graph_of(
        dataset_event(1, ("x", of_dataset(tied("k", "A")))), dataset_event(2, ("x", of_dataset(data("a"))))
    )
    assert edges(graph, "WROTE") == {"run A -WROTE-> x@A"}
    assert edges(graph, *WIRES) == {"a -FEEDS-> x/x", "x/x -PRODUCES-> x"}


def test_what_others_say_makes_no_run_a_shared_one() -> None:
    said = job_event(9, job="orchestrator", job_facets=of_job(tied("two", "A", data("b")), data("y", tied("two", "A"))))
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], ["x"], job="one"), said)
    assert edges(graph, *FLOW) == {
        "a@?A -READ_BY-> run A",
        "b@?A -READ_BY-> run A",
        "run A -WROTE-> x@A",
        "run A -WROTE-> y@A",
    }
    done = run_event("A", "COMPLETE", 2, job="two")
    shared = graph_of(run_event("A", "COMPLETE", 1, ["a"], ["x"], job="one"), done, said)
    assert edges(shared, *FLOW) == {
        "a@?A -READ_BY-> run A/x",
        "b@?A -READ_BY-> run A/y",
        "run A/x -WROTE-> x@A",
        "run A/y -WROTE-> y@A",
    }
