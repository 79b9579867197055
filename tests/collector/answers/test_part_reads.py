"""Reads of datasets that were written in parts, run by run: by hand, and held against brute force.

More examples, at random::

    HEADWATER_EXAMPLES=500 pytest tests/collector/answers/test_part_reads.py
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import StringIO
from typing import Any, NamedTuple

import orjson
import pytest
from headwater_collector.answers.lineage import lineage
from headwater_collector.answers.node import title
from headwater_collector.answers.present import tree
from headwater_collector.answers.question import Direction, Question
from headwater_collector.errors import NotFound
from headwater_collector.event import Event
from headwater_graph.keys import dataset_key
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.queries import Queries
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from tests.projection.neo4j_graph import Neo4jUnderTest, claimed
from tests.reference.graph import Graph
from tests.reference.part_reads import Whole, answer, in_one, of_whole, part_reads
from tests.reference.scenario import Named, columns, dataset_event, links, run_event, version

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
    found = lineage(Queries(graph.driver), Question(direction, of, **{"level": "run", **options}), lambda: (1, 0))
    orjson.dumps(found)
    return found


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


@pytest.mark.parametrize("linked", [0, 9], ids=["linked before", "linked after"])
def test_parts_of_a_path_are_read_by_the_name_of_its_table(graph: Neo4jUnderTest, linked: int) -> None:
    events = [
        ran("old 1", 1, ["raw"], ["t/d=1"]),
        ran("new 1", 2, ["raw"], ["t/d=1"]),
        ran("two", 3, ["raw"], ["t/d=2"]),
        ran("read", 5, ["table"], ["r"]),
        dataset_event(linked, ("table", links("t"))),
    ]
    graph.become([events])
    read = {
        "t/d=1@run:new 1 -> read FOLDED",
        "t/d=2@run:two -> read FOLDED",
        "table@unknown:read -> read",
    }
    assert {line for line in arrows(ask(graph, "upstream", "r")) if "-> read" in line} == read
    assert arrows(ask(graph, "downstream", "run:two")) == {
        "two -> t/d=2@run:two",
        "t/d=2@run:two -> read FOLDED",
        "read -> r@run:read",
    }
    assert arrows(ask(graph, "downstream", "run:old 1")) == {"old 1 -> t/d=1@run:old 1"}
    for name in ("n/table", "n/t"):
        up = ask(graph, "upstream", name)
        assert {node["runId"] for node in up["nodes"] if node["kind"] == "run"} == {"new 1", "two"}
        down = ask(graph, "downstream", name)
        assert {node["runId"] for node in down["nodes"] if node["kind"] == "run"} == {"read"}


def test_a_table_that_was_written_by_its_name_hides_older_parts_of_its_path(graph: Neo4jUnderTest) -> None:
    events = [
        ran("old", 1, ["raw"], ["t/d=1"]),
        ran("all", 2, ["raw"], [("table", links("t"))]),
        ran("new", 3, ["raw"], ["t/d=2"]),
        ran("read", 4, ["t"], ["r"]),
        ran("read 1", 4, ["t/d=1"], ["r1"]),
    ]
    graph.become([events])
    assert {line for line in arrows(ask(graph, "upstream", "run:read")) if "-> read" in line} == {
        "table@run:all -> read",
        "t/d=2@run:new -> read FOLDED",
    }
    assert "table@run:all -> read 1 FOLDED" in arrows(ask(graph, "upstream", "run:read 1"))
    assert "table@run:all -> read 1 FOLDED" in arrows(ask(graph, "downstream", "run:all"))


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


def test_parts_that_one_run_wrote_are_one_node(graph: Neo4jUnderTest) -> None:
    hours = [f"t/d=1/h={hour}" for hour in range(12)]
    events = [
        ran("load", 1, ["raw"], [*hours[:11], ("t/d=1/h=11", version("1"))]),
        ran("one", 2, ["raw"], ["t/d=2"]),
        ran("report", 3, ["t"], ["r"]),
        ran("audit", 0, ["t/d=1/h=0", "t/d=1/h=1"], []),
    ]
    graph.become([events])
    up = ask(graph, "upstream", "r")
    assert {line for line in arrows(up) if "-> report" in line} == {
        "t@run:load -> report FOLDED",
        "t/d=1/h=11@1 -> report FOLDED",
        "t/d=2@run:one -> report FOLDED",
        "t@unknown:report -> report",
    }
    (table,) = [node for node in up["nodes"] if node.get("parts")]
    assert (table["parts"], table["foldedBy"], table["kind"]) == (11, ["hive-partitions"], "version")
    assert (table["dataset"], table["source"]) == ("dataset|n|t", "RUN")
    assert table["writtenAt"] == "2026-01-01T00:01:00Z"
    assert arrows(ask(graph, "upstream", "r", granularity="dataset")) == {
        line.replace("-> report", "-> r@run:report") for line in arrows(up) if "-> report" in line
    } | {f"raw@unknown:{run} -> {data}" for run, data in (("load", "t@run:load"), ("one", "t/d=2@run:one"))} | {
        "raw@unknown:load -> t/d=1/h=11@1"
    }
    assert arrows(ask(graph, "upstream", "run:audit")) == {"t@unknown:audit -> audit"}
    assert len(ask(graph, "upstream", "r", granularity="operation")["nodes"]) == 3
    assert [line for line in str(shown(up)).splitlines() if "11 parts" in line]


def shown(found: dict[str, Any]) -> str:
    console = Console(width=200, record=True, file=StringIO())
    console.print(tree(found))
    return console.export_text()


def test_checks_of_parts_are_those_of_the_node_that_stands_for_them(graph: Neo4jUnderTest) -> None:
    checked = {"dataQualityAssertions": {"assertions": [{"assertion": "not_null", "success": True}]}}
    events = [
        ran("load", 1, [], [("t/d=1", checked), "t/d=2"]),
        ran("report", 2, ["t"], ["r"]),
    ]
    graph.become([events])
    (table,) = [node for node in ask(graph, "upstream", "r")["nodes"] if node.get("parts")]
    assert [check["name"] for check in table["checks"]] == ["not_null"]


def test_a_whole_is_the_newest_versions_of_its_parts(graph: Neo4jUnderTest) -> None:
    events = [
        ran("old 1", 1, ["raw"], ["t/d=1"]),
        ran("new 1", 2, ["raw"], ["t/d=1"]),
        ran("two", 3, ["raw"], ["t/d=2"]),
        ran("read", 4, ["t/d=2"], ["r"]),
    ]
    graph.become([events])
    up = ask(graph, "upstream", "n/t")
    assert (up["of"]["key"], up["resolved"]["why"]) == ("dataset|n|t", "newest version of each of its parts")
    assert sorted(up["starts"]) == ["version|n|t/d=1|run|run%7Cn%7Cnew 1", "version|n|t/d=2|run|run%7Cn%7Ctwo"]
    assert {node["runId"] for node in up["nodes"] if node["kind"] == "run"} == {"new 1", "two"}
    early = ask(graph, "upstream", "n/t", as_of=datetime(2026, 1, 1, 0, 1, 30, tzinfo=UTC))
    assert {node["runId"] for node in early["nodes"] if node["kind"] == "run"} == {"old 1"}
    with pytest.raises(NotFound):
        ask(graph, "upstream", "n/t", granularity="operation")
    graph.take([ran("all", 2, ["raw"], ["t"]), ran("reader", 5, ["t"], ["s"])])
    later = ask(graph, "downstream", "n/t")
    assert later["resolved"]["why"] == "newest version of the dataset, and of its parts written since"
    assert sorted(later["starts"]) == ["version|n|t/d=2|run|run%7Cn%7Ctwo", "version|n|t|run|run%7Cn%7Call"]
    assert {node["runId"] for node in later["nodes"] if node["kind"] == "run"} == {"read", "reader"}
    assert ask(graph, "downstream", "n/t", granularity="operation")["starts"] == ["version|n|t|run|run%7Cn%7Call"]


def test_parts_that_were_not_looked_for_are_told(graph: Neo4jUnderTest, monkeypatch: pytest.MonkeyPatch) -> None:
    graph.become([[ran(f"load {n}", n, [], [f"t/d={n}"]) for n in range(4)] + [ran("read", 9, ["t"], ["r"])]])
    for name in ("granularity._MOST_PARTS", "part_reads._MOST"):
        with monkeypatch.context() as patch:
            patch.setattr(f"headwater_collector.answers.{name}", 3)
            assert ask(graph, "upstream", "r")["stoppedBy"] == ["limit"]
    with monkeypatch.context() as patch:
        patch.setattr("headwater_collector.answers.part_reads._MOST", 1)
        assert ask(graph, "downstream", "run:load 1")["stoppedBy"] == ["limit"]


def test_more_parts_than_are_followed_make_no_whole_answer_although_they_are_one_node(graph: Neo4jUnderTest) -> None:
    graph.become([[ran("load", 1, ["raw"], [f"t/d={day}" for day in range(1200)]), ran("report", 2, ["t"], ["r"])]])
    few, all_ = ask(graph, "upstream", "r", limit=10), ask(graph, "upstream", "r")
    assert (len(few["nodes"]), few["stoppedBy"]) == (6, ["limit"])
    assert (len(all_["nodes"]), all_["stoppedBy"]) == (6, [])


class Act(NamedTuple):
    """A run of a world."""

    begins: int
    lasts: int
    state: str
    reads: list[tuple[str, str]]
    writes: list[tuple[str, str]]
    split: bool


datasets = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(["", "", "", "", "1", "link", "alias"])),
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
        if act.split:  # each output is made from one input
            for at, (write, read) in enumerate(zip(writes, act.reads, strict=False)):
                name, facets = (write, {}) if isinstance(write, str) else write
                writes[at] = (name, {**facets, **columns(x=f"w{world}/{read[0]}.x")})
        for type_, minute in (("START", act.begins), (act.state, act.begins + act.lasts)):
            yield run_event(
                f"{world}.{number}", type_, minute, reads, writes, job=f"job {number}", facets={"parent": parent}
            )


def named(world: int, name: str, more: str) -> Named:
    """Return a dataset, perhaps a version of it, or linked to a name that others have, or called by another name."""
    whole, alias = f"w{world}/{name}", f"w{world}/alias of {NAMES.index(name)}"
    if more in ("link", "alias"):
        return (whole, links(f"w{world}/alias")) if more == "link" else (alias, links(whole))
    return (whole, version(more)) if more else whole


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
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(worlds=histories)
def test_answers_hold_the_reads_that_brute_force_finds(
    graph: Neo4jUnderTest, monkeypatch: pytest.MonkeyPatch, worlds: list[list[Act]]
) -> None:
    graph.become([[event for number, history in enumerate(worlds) for event in events_of(number, history)]])
    whole_graph = graph.graph()
    extra = part_reads(whole_graph, whole_in(whole_graph))
    for world, history in enumerate(worlds):
        monkeypatch.setattr("headwater_collector.answers.part_reads._FEW", world % 2 * 8)  # both ways to look
        runs = [f"run|n|{world}.{number}" for number in range(len(history))]
        found = {d: check(graph, whole_graph, d, f"run:world {world}", runs, extra) for d in ("upstream", "downstream")}
        assert found["upstream"] == found["downstream"]
        last = max(runs, key=lambda run: whole_graph.nodes[run][1]["at"])
        check(graph, whole_graph, "upstream", last, [last], extra)
        check(graph, whole_graph, "downstream", runs[0], [runs[0]], extra)


def check(
    graph: Neo4jUnderTest, whole: Graph, direction: Direction, of: str, begin: list[str], extra: set[tuple[str, str]]
) -> set[tuple[str, str]]:
    """See that an answer is what brute force finds; return its edges of folding.

    A part that is alone in one answer may be one with others in another one: all are told as of the whole.
    """
    found = ask(graph, direction, of, details=False)
    flows = {(edge["source"], edge["target"], edge["type"]) for edge in found["edges"]}
    expected = answer(whole, begin, extra, upstream=direction == "upstream")
    wholes = whole_in(whole)
    assert flows == in_one(whole, expected, wholes)
    assert found["complete"]
    folded = [edge for edge in found["edges"] if edge.get("evidence") == "FOLDED"]
    return {(of_whole(whole, edge["source"], wholes), edge["target"]) for edge in folded}
