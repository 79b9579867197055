"""Reads of datasets that were written in parts, run by run: by hand, and held against brute force.

More examples, at random::

    HEADWATER_EXAMPLES=500 pytest tests/collector/test_part_reads.py
"""

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from headwater_collector.answers.lineage import lineage
from headwater_collector.answers.node import title
from headwater_collector.answers.question import Direction, Question
from headwater_collector.event import Event
from headwater_graph.keys import dataset_key
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.queries import Queries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.projection.neo4j_graph import Neo4jUnderTest, claimed
from tests.reference.graph import Graph
from tests.reference.part_reads import Whole, answer, part_reads
from tests.reference.scenario import Named, columns, links, run_event, version

EXAMPLES = os.environ.get("HEADWATER_EXAMPLES")
WORLDS = 8
STAGE = "m/stages/0_Scaler_1/data"
WHOLES = {"t/d=1": "t", "t/d=2": "t", "t/d=1/part-00000": "t", "u$20260101": "u", "m/metadata": "m", STAGE: "m"}
NAMES = (*WHOLES, "t", "t", "u", "m", "other")


@pytest.fixture(scope="module")
def graph(neo4j_server: ConnectionInfo) -> Iterator[Neo4jUnderTest]:
    with claimed(neo4j_server) as found:
        yield found


def ask(graph: Neo4jUnderTest, direction: Direction, of: str, **options: Any) -> dict[str, Any]:
    return lineage(Queries(graph.driver), Question(direction, of, **{"level": "run", **options}), lambda: (1, 0))


def arrows(found: dict[str, Any]) -> set[str]:
    """Edges as lines, with the evidence of those that are of folding."""
    called = {node["key"]: node["runId"] if node["kind"] == "run" else title(node) for node in found["nodes"]}
    return {
        f"{called[edge['source']]} -> {called[edge['target']]}{' FOLDED' * (edge.get('evidence') == 'FOLDED')}"
        for edge in found["edges"]
    }


def ran(run: str, minute: float, reads: list[Named], writes: list[Named], state: str = "COMPLETE") -> Event:
    """Return the only event of a run."""
    return run_event(run, state, minute, reads, writes, job=f"job {run}")


def test_a_run_that_reads_the_whole_read_the_newest_version_of_each_part(graph: Neo4jUnderTest) -> None:
    events = [
        ran("load 1", 1, ["raw"], ["t/d=1"]),
        ran("load 2", 2, ["raw"], ["t/d=2"]),
        ran("again 1", 3, ["raw"], ["t/d=1"]),
        ran("failed 2", 4, ["raw"], ["t/d=2"], "FAIL"),
        ran("report", 5, ["t"], ["r"]),
        ran("late 2", 6, ["raw"], ["t/d=2"]),
        ran("late 3", 5, ["raw"], ["t/d=3"]),
    ]
    graph.become([events])
    up = ask(graph, "upstream", "r")
    assert {line for line in arrows(up) if "-> report" in line} == {
        "t@unknown:report -> report",
        "t/d=1@run:again 1 -> report FOLDED",
        "t/d=2@run:load 2 -> report FOLDED",
    }
    assert {node["runId"] for node in up["nodes"] if node["kind"] == "run"} == {"report", "again 1", "load 2"}
    assert all(edge["inferred"] for edge in up["edges"] if edge["evidence"] == "FOLDED")
    assert (up["complete"], up["inferred"]) == (True, 5)
    down = ask(graph, "downstream", "run:load 2")
    assert arrows(down) == {"load 2 -> t/d=2@run:load 2", "t/d=2@run:load 2 -> report FOLDED", "report -> r@run:report"}
    assert arrows(ask(graph, "downstream", "run:load 1")) == {"load 1 -> t/d=1@run:load 1"}
    assert arrows(ask(graph, "upstream", "r", granularity="operation")) == {
        "t@unknown:report -> report",
        "report -> r@run:report",
    }


def test_what_was_written_as_a_whole_hides_older_parts_and_is_seen_in_a_part(graph: Neo4jUnderTest) -> None:
    events = [
        ran("old", 1, ["raw"], ["t/d=1"]),
        ran("all", 2, ["raw"], ["t"]),
        ran("new", 3, ["raw"], ["t/d=2"]),
        ran("read", 4, ["t"], ["r"]),
        ran("read 1", 4, ["t/d=1"], ["r1"]),
    ]
    graph.become([events])
    assert {line for line in arrows(ask(graph, "upstream", "run:read")) if "-> read" in line} == {
        "t@run:all -> read",
        "t/d=2@run:new -> read FOLDED",
    }
    assert {line for line in arrows(ask(graph, "upstream", "run:read 1")) if "-> read" in line} == {
        "t/d=1@run:old -> read 1",
        "t@run:all -> read 1 FOLDED",
    }


def test_a_version_that_the_reader_names_is_that_and_nothing_else(graph: Neo4jUnderTest) -> None:
    events = [
        ran("write", 1, ["raw"], [("t", version("7"))]),
        ran("part", 2, ["raw"], ["t/d=1"]),
        ran("read", 3, [("t", version("7"))], ["r"]),
        ran("unnamed", 1, ["raw"], ["u"]),
        ran("partition", 2, ["raw"], ["u$20260101"]),
        ran("named", 3, [("u", version("8"))], ["s"]),
    ]
    graph.become([events])
    assert {line for line in arrows(ask(graph, "upstream", "r")) if "-> read" in line} == {"t@7 -> read"}
    assert {line for line in arrows(ask(graph, "upstream", "s")) if "-> named" in line} == {"u@run:unnamed -> named"}
    assert arrows(ask(graph, "downstream", "run:part")) == {"part -> t/d=1@run:part"}


def test_a_chain_of_tables_written_in_parts_is_followed_to_its_beginning(graph: Neo4jUnderTest) -> None:
    events = [
        event
        for number in range(1, 8)
        for event in (ran(f"run {number}", number, [f"t{number - 1}"], [f"t{number}/d=1", f"t{number}/d=2"]),)
    ]
    graph.become([events])
    up = ask(graph, "upstream", "run:run 7", granularity="dataset")
    assert max(node["distance"] for node in up["nodes"]) == 7
    near = ask(graph, "upstream", "run:run 7", depth=2)
    assert {node["runId"] for node in near["nodes"] if node["kind"] == "run"} == {"run 7", "run 6"}
    assert near["stoppedBy"] == ["depth"]
    down = ask(graph, "downstream", "run:run 1")
    assert {node["runId"] for node in down["nodes"] if node["kind"] == "run"} == {f"run {n}" for n in range(1, 8)}


class Act(NamedTuple):
    """A run of a world."""

    begins: int
    lasts: int
    state: str
    reads: list[tuple[str, str]]
    writes: list[tuple[str, str]]
    split: bool


datasets = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "", "", "", "1", "link"])),
    max_size=3,
    unique_by=lambda x: x[0],
)
acts = st.builds(
    Act,
    begins=st.integers(0, 8),
    lasts=st.integers(0, 3),
    state=st.sampled_from(["COMPLETE", "COMPLETE", "COMPLETE", "FAIL", "RUNNING"]),
    reads=datasets,
    writes=datasets,
    split=st.booleans(),
)
histories = st.lists(st.lists(acts, min_size=2, max_size=7), min_size=WORLDS, max_size=WORLDS)


def events_of(world: int, history: list[Act]) -> Iterator[Event]:
    parent = {"run": {"runId": f"world {world}"}, "job": {"namespace": "n", "name": f"world {world}"}}
    for number, act in enumerate(history):
        reads = [named(world, *read) for read in act.reads]
        writes = [named(world, *write) for write in act.writes]
        if act.split and reads and writes:
            first = writes[0] if isinstance(writes[0], tuple) else (writes[0], {})
            writes[0] = (first[0], {**first[1], **columns(x=f"w{world}/{act.reads[0][0]}.x")})
        for type_, minute in (("START", act.begins), (act.state, act.begins + act.lasts)):
            yield run_event(
                f"{world}.{number}", type_, minute, reads, writes, job=f"job {number}", facets={"parent": parent}
            )


def named(world: int, name: str, more: str) -> Named:
    whole = f"w{world}/{name}"
    return (whole, links(f"w{world}/alias")) if more == "link" else (whole, version(more)) if more else whole


def whole_in(graph: Graph) -> Whole:
    """Return what tells the whole of a dataset; metadata is part of a model only where its stages are known."""
    there = set(graph.of_label("Dataset"))

    def whole(dataset: str) -> str:
        _, _, path = dataset.split("|")
        world, _, name = path.partition("/")
        if name == "m/metadata" and dataset_key("n", f"{world}/{STAGE}") not in there:
            return dataset
        return dataset_key("n", f"{world}/{WHOLES.get(name, name)}")

    return whole


@settings(
    max_examples=int(EXAMPLES or 6),
    derandomize=EXAMPLES is None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(worlds=histories)
def test_answers_hold_the_reads_that_brute_force_finds(graph: Neo4jUnderTest, worlds: list[list[Act]]) -> None:
    graph.become([[event for number, history in enumerate(worlds) for event in events_of(number, history)]])
    whole_graph = graph.graph()
    extra = part_reads(whole_graph, whole_in(whole_graph))
    for world, history in enumerate(worlds):
        runs = [f"run|n|{world}.{number}" for number in range(len(history))]
        found = {d: check(graph, whole_graph, d, f"run:world {world}", runs, extra) for d in ("upstream", "downstream")}
        assert found["upstream"] == found["downstream"]
        last = max(runs, key=lambda run: whole_graph.nodes[run][1]["at"])
        check(graph, whole_graph, "upstream", last, [last], extra)
        check(graph, whole_graph, "downstream", runs[0], [runs[0]], extra)


def check(
    graph: Neo4jUnderTest, whole: Graph, direction: Direction, of: str, begin: list[str], extra: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """See that an answer is what brute force finds; return its edges of folding."""
    found = ask(graph, direction, of, details=False)
    flows = {(edge["source"], edge["target"], edge["type"]) for edge in found["edges"]}
    assert flows == answer(whole, begin, extra, upstream=direction == "upstream")
    assert found["complete"]
    return {(edge["source"], edge["target"]) for edge in found["edges"] if edge.get("evidence") == "FOLDED"}
