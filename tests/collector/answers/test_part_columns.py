"""Columns of parts as columns of the whole, by hand and held against a graph in which nothing has parts."""

import neo4j
import pytest
from headwater_collector.answers.node import title
from headwater_collector.answers.question import Direction
from headwater_collector.errors import BadRequest, NotFound
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.collector.answers.answering import Ask, arrows, names
from tests.conftest import DELETE_ALL
from tests.graph.drawing import Drawing

WHOLES = {"t/d=1": "t", "t/d=2": "t", "t/d=2/part-00000": "t", "u$20260101": "u"}
WORLDS = 12


@pytest.fixture
def columns(driver: neo4j.Driver) -> None:
    """A column of two partitions, made from raw ones, and read as one of the whole and of its other name."""
    drawing = Drawing()
    for day, raw in ((1, "a"), (2, "b")):
        drawing.derives(drawing.column("raw", raw), drawing.column(f"t/dt={day}", "x"))
        drawing.derives(drawing.column("raw", f"when {day}"), drawing.column(f"t/dt={day}", "*"), type="INDIRECT")
    drawing.derives(drawing.column("t", "x"), drawing.column("report", "y"))
    drawing.derives(drawing.column("t/dt=1", "x"), drawing.column("t", "x"))
    drawing.derives(drawing.column("t/dt=1", "z"), drawing.column("audit", "z"))
    drawing.derives(drawing.column("table", "x"), drawing.column("out", "x"))
    drawing.alias(drawing.dataset("table"), drawing.dataset("t"))
    drawing.save(driver)


@pytest.mark.usefixtures("columns")
def test_columns_of_partitions_are_those_of_the_table(ask: Ask) -> None:
    up = ask("upstream", "report#y")
    assert names(up) == {
        "report#y": 0,
        "t#x": 1,
        "t#*": 1,
        "table#x": 1,
        "raw#a": 2,
        "raw#b": 2,
        "raw#when 1": 2,
        "raw#when 2": 2,
    }
    assert arrows(up) == {
        "t#x -> report#y",
        "t#* -> t#x",
        "table#x -> t#x",
        "raw#a -> t#x",
        "raw#b -> t#x",
        "raw#when 1 -> t#*",
        "raw#when 2 -> t#*",
    }
    (table,) = [node for node in up["nodes"] if title(node) == "t#x"]
    assert (table["parts"], table["foldedBy"], table["dataset"]) == (2, ["hive-partitions"], "dataset|lake|t")
    assert names(ask("downstream", "raw#b")) == {"raw#b": 0, "t#x": 1, "table#x": 1, "report#y": 2, "out#x": 2}
    assert {"raw#a", "raw#b", "t#x", "table#x"} < set(names(ask("upstream", "out#x")))
    assert ask("upstream", "report#y", depth=1)["stoppedBy"] == ["depth"]


@pytest.mark.usefixtures("columns")
def test_a_column_of_partitions_can_be_asked_for_as_one_of_the_table(ask: Ask) -> None:
    assert names(ask("downstream", "t#z")) == {"t#z": 0, "audit#z": 1}
    assert ask("downstream", "lake/t#z")["starts"] == ["column|lake|t|z"]
    assert names(ask("downstream", "t/dt=1#z")) == {"t#z": 0, "audit#z": 1}
    assert set(names(ask("downstream", "dataset:t", level="column"))) == {
        "t#x",
        "t#z",
        "t#*",
        "table#x",
        "report#y",
        "audit#z",
        "out#x",
    }
    with pytest.raises(NotFound):
        ask("downstream", "t#none")
    with pytest.raises(NotFound):
        ask("downstream", "t#z", granularity="operation")


def test_a_table_is_asked_for_by_columns_of_its_partitions_alone(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.derives(drawing.column("raw", "a"), drawing.column("t/dt=1", "x"))
    drawing.save(driver)
    assert names(ask("upstream", "lake/t#x")) == {"t#x": 0, "raw#a": 1}
    assert names(ask("upstream", "lake/t", level="column")) == {"t#x": 0, "raw#a": 1}


def test_a_column_of_partitions_is_one_of_the_table_under_its_other_name(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.derives(drawing.column("raw", "a"), drawing.column("t/dt=1", "x"))
    drawing.derives(drawing.column("table", "x"), drawing.column("report", "y"))
    drawing.alias(drawing.dataset("table"), drawing.dataset("t"))
    drawing.save(driver)
    assert names(ask("upstream", "report#y")) == {"report#y": 0, "table#x": 1, "t#x": 1, "raw#a": 2}
    assert names(ask("upstream", "lake/table#x")) == {"table#x": 0, "t#x": 0, "raw#a": 1}
    assert names(ask("downstream", "raw#a")) == {"raw#a": 0, "t#x": 1, "table#x": 1, "report#y": 2}
    assert "raw#a" not in names(ask("upstream", "report#y", granularity="operation"))


@pytest.mark.usefixtures("columns")
def test_columns_as_they_were_named(ask: Ask) -> None:
    assert names(ask("upstream", "report#y", granularity="operation")) == {
        "report#y": 0,
        "t#x": 1,
        "table#x": 1,
        "t/dt=1#x": 2,
        "t/dt=1#*": 2,
        "raw#a": 3,
        "raw#when 1": 3,
    }
    with pytest.raises(BadRequest, match="granularity"):
        ask("upstream", "report#y", granularity="dataset")


columns_of_worlds = st.tuples(st.sampled_from((*WHOLES, "t", "u", "a", "b")), st.sampled_from("xy*"))
worlds = st.lists(
    st.lists(st.tuples(columns_of_worlds, columns_of_worlds), min_size=1, max_size=8), min_size=WORLDS, max_size=WORLDS
)


@settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(histories=worlds)
def test_an_answer_is_that_of_a_graph_where_parts_were_named_as_their_whole(
    driver: neo4j.Driver, ask: Ask, histories: list[list[tuple[tuple[str, str], tuple[str, str]]]]
) -> None:
    with driver.session() as session:
        session.run(DELETE_ALL).consume()
    drawing = Drawing()
    for world, history in enumerate(histories):
        for (source, a), (target, b) in history:
            drawing.derives(
                drawing.column(f"{world}/in parts/{source}", a), drawing.column(f"{world}/in parts/{target}", b)
            )
            ends = [
                drawing.column(f"{world}/as one/{WHOLES.get(name, name)}", field)
                for name, field in ((source, a), (target, b))
            ]
            if ends[0] != ends[1] or (source, a) == (target, b):
                drawing.derives(*ends)
    drawing.save(driver)
    for world, history in enumerate(histories):
        direction: Direction = "upstream" if world % 2 else "downstream"
        name, field = history[0][world % 2]
        parts = ask(direction, f"lake/{world}/in parts/{name}#{field}")
        alike = ask(direction, f"lake/{world}/as one/{WHOLES.get(name, name)}#{field}")
        assert {key.replace("as one", "in parts"): distance for key, distance in names(alike).items()} == names(parts)
        assert {line.replace("as one", "in parts") for line in arrows(alike)} == arrows(parts)
