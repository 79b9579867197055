"""Lineage answers on drawn graphs, through the real statements."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import neo4j
import orjson
import pytest
from headwater_collector.answers.lineage import lineage
from headwater_collector.answers.question import Direction, Question
from headwater_collector.errors import BadRequest, NotFound
from headwater_graph.queries import Queries
from headwater_graph.statements import statement

from tests.collector.answers.answering import Ask, arrows, names
from tests.graph.drawing import LONG_AGO, Drawing, ladder, run_ladder
from tests.waiting import PATIENCE


def test_the_wiring_around_a_dataset(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.simple("raw", "load", "clean")
    drawing.simple("clean rates", "train", "model")
    drawing.simple("model", "score", "predictions")
    drawing.save(driver)

    up = ask("upstream", "model")
    assert names(up) == {"model": 0, "clean": 1, "rates": 1, "train()": 1, "raw": 2, "load()": 2}
    assert arrows(up) == {"raw -> load", "load -> clean", "clean -> train", "rates -> train", "train -> model"}
    assert (up["complete"], up["stoppedBy"], up["hidden"], up["inferred"]) == (True, [], 0, 0)
    assert (up["appliedThrough"], up["pending"]) == (7, 2)
    assert (up["level"], up["of"]["key"], up["resolved"]) == ("design", "dataset|lake|model", None)

    down = ask("downstream", "clean")
    assert names(down) == {"clean": 0, "model": 1, "train()": 1, "predictions": 2, "score()": 2}
    assert arrows(down) == {"clean -> train", "train -> model", "model -> score", "score -> predictions"}


def test_depth_counts_datasets_and_says_when_it_cut(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.simple("a", "ab", "b")
    drawing.simple("b", "bc", "c")
    drawing.save(driver)
    assert names(ask("upstream", "c", depth=0)) == {"c": 0}
    one = ask("upstream", "c", depth=1)
    assert (names(one), one["complete"], one["stoppedBy"]) == ({"c": 0, "bc()": 1, "b": 1}, False, ["depth"])
    two = ask("upstream", "c", depth=2)
    assert (len(two["nodes"]), two["complete"]) == (5, True)
    assert names(ask("upstream", "bc", depth=1)) == {"bc()": 0, "b": 1}


def test_limit_keeps_the_nearest_and_says_so(driver: neo4j.Driver, ask: Ask) -> None:
    drawing, _, last = ladder(10)
    drawing.save(driver)
    answer = ask("upstream", last, limit=5)
    assert (len(answer["nodes"]), answer["stoppedBy"]) == (5, ["limit"])
    assert max(names(answer).values()) == 1
    assert ask("upstream", last, limit=41)["complete"]


def test_a_limit_far_below_what_is_there_stops_the_traversal(driver: neo4j.Driver, ask: Ask) -> None:
    drawing, _, last = ladder(400)
    drawing.save(driver)
    answer = ask("upstream", last, limit=10)
    assert (len(answer["nodes"]), answer["stoppedBy"]) == (10, ["limit"])


@pytest.mark.parametrize("direction", ["upstream", "downstream"])
def test_diamonds_cost_no_more_than_their_nodes(driver: neo4j.Driver, ask: Ask, direction: Direction) -> None:
    drawing, first, last = ladder(30)
    drawing.save(driver)
    answer = ask(direction, last if direction == "upstream" else first)
    assert (len(answer["nodes"]), len(answer["edges"]), max(names(answer).values())) == (121, 180, 30)
    assert answer["complete"]


def test_flows_of_a_split_job_do_not_mix(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    job = drawing.job("etl")
    for mark in "xy":
        step = drawing.step(job, mark)
        drawing.wire([drawing.dataset(f"{mark}_in"), drawing.dataset("shared")], step, [drawing.dataset(f"{mark}_out")])
    drawing.wire([drawing.dataset("direct")], job, [])
    drawing.save(driver)

    up = ask("upstream", "x_out")
    assert names(up) == {"x_out": 0, "etl()": 1, "x_in": 1, "shared": 1}
    assert arrows(up) == {"x_in -> etl", "shared -> etl", "etl -> x_out"}
    assert names(ask("downstream", "x_in")) == {"x_in": 0, "etl()": 1, "x_out": 1}
    assert names(ask("downstream", "shared")) == {"shared": 0, "etl()": 1, "x_out": 1, "y_out": 1}
    assert names(ask("downstream", "direct")) == {"direct": 0, "etl()": 1}
    assert set(names(ask("upstream", "etl"))) == {"etl()", "x_in", "y_in", "shared", "direct"}
    assert set(names(ask("downstream", "etl"))) == {"etl()", "x_out", "y_out"}


def test_a_split_run_answers_like_the_whole_one_of_the_same_content(driver: neo4j.Driver, ask: Ask) -> None:
    answers = []
    for split in (False, True):
        drawing = Drawing()
        ins, outs = [drawing.version(f"in{split}", "1")], [drawing.version(f"{n}{split}", "1") for n in ("o", "p")]
        run = drawing.run(f"{int(split):08}-0000-4000-8000-000000000000", f"job{split}")
        if split:
            for out in outs:
                drawing.flow(ins, drawing.step(run, out[-9:-4]), [out])
        else:
            drawing.flow(ins, run, outs)
        drawing.save(driver)
        for direction, of in (("upstream", outs[0]), ("downstream", ins[0]), ("upstream", run), ("downstream", run)):
            answer = ask(direction, of)
            told = (names(answer), arrows(answer), [e["type"] for e in answer["edges"]])
            answers.append(orjson.dumps(told, default=sorted).replace(str(split).encode(), b""))
    assert answers[:4] == answers[4:]


def test_aliases_are_the_same_thing_at_no_distance(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.simple("raw", "load", "path")
    chain = ["path", *(f"name{i}" for i in range(12)), "table"]
    for a, b in pairwise(chain):
        drawing.alias(drawing.dataset(a), drawing.dataset(b))
    drawing.simple("table", "train", "model")
    drawing.save(driver)

    found = ask("upstream", "model", depth=2)
    assert (names(found)["path"], names(found)["raw"], found["complete"]) == (1, 2, True)
    assert {names(ask("upstream", "model", depth=1))[name] for name in chain} == {1}
    assert names(ask("downstream", "raw", depth=2))["model"] == 2
    assert names(ask("upstream", "path"))["table"] == 0


def test_cycles_end(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.simple("table new", "merge", "table")
    drawing.simple("b", "ab", "a")
    drawing.simple("a", "ba", "b")
    drawing.save(driver)
    assert names(ask("upstream", "table")) == {"table": 0, "merge()": 1, "new": 1}
    assert names(ask("downstream", "table")) == {"table": 0, "merge()": 1}
    assert names(ask("upstream", "dataset:a")) == {"a": 0, "ab()": 1, "b": 1, "ba()": 2}
    assert arrows(ask("upstream", "table")) == {"table -> merge", "new -> merge", "merge -> table"}


def test_wiring_counts_while_it_stands(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.simple("old", "load", "table", ended="2026-03-01T00:00:00.000000000Z")
    drawing.simple("new", "reload", "table", seen="2026-03-01T00:00:00.000000000Z")
    drawing.save(driver)
    assert set(names(ask("upstream", "table"))) == {"table", "reload()", "new"}
    assert set(names(ask("upstream", "table", as_of=datetime(2026, 2, 1)))) == {"table", "load()", "old"}  # noqa: DTZ001
    assert set(names(ask("upstream", "table", as_of=datetime(2025, 2, 1, tzinfo=UTC)))) == {"table"}
    assert len(ask("upstream", "table", ended=True)["nodes"]) == 5


def _history() -> Drawing:
    drawing = Drawing()
    raw = drawing.version("raw", "1", "2026-01-01T10:00:00.000000000Z")
    old = drawing.version("table", "1", "2026-01-01T11:00:00.000000000Z")
    new = drawing.version("table", "2", "2026-01-02T11:00:00.000000000Z")
    bad = drawing.version("table", "3", "2026-01-03T11:00:00.000000000Z", failed=True)
    for number, made in enumerate((old, new, bad)):
        run = drawing.run(f"{number}aaaaaaa-0000-4000-8000-000000000000", "load", f"2026-01-0{number + 1}T10:30:00Z")
        drawing.flow([raw], run, [made], inferred=True, role="train")
    return drawing


def test_a_dataset_at_run_level_is_its_newest_good_version(driver: neo4j.Driver, ask: Ask) -> None:
    _history().save(driver)
    answer = ask("upstream", "table", level="run")
    assert names(answer) == {"table@2": 0, "load()": 1, "raw@1": 1}
    assert (answer["of"]["kind"], answer["resolved"]["why"]) == ("dataset", "newest version of the dataset")
    assert answer["inferred"] == 1
    assert {"inferred": True, "role": "train"}.items() <= answer["edges"][0].items() | answer["edges"][1].items()
    earlier = ask("upstream", "table", level="run", as_of=datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert set(names(earlier)) == {"table@1", "load()", "raw@1"}


def test_a_job_at_run_level_is_its_newest_run(driver: neo4j.Driver, ask: Ask) -> None:
    _history().save(driver)
    answer = ask("downstream", "job:load", level="run")
    assert set(names(answer)) == {"load()", "table@3"}
    assert answer["resolved"]["why"] == "newest run of the job"


def test_a_dataset_that_nobody_is_known_to_write_is_all_its_versions(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    for day in "12":
        read = drawing.version("source", day)
        drawing.flow([read], drawing.run(f"{day}aaaaaaa-0000-4000-8000-000000000000", "load"), [])
    drawing.save(driver)
    assert set(names(ask("downstream", "source", level="run"))) == {"source@1", "source@2", "load()"}


def test_runs_and_versions_are_run_level_and_fold_up_to_design(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = _history()
    drawing.simple("raw", "load", "table")
    drawing.save(driver)
    assert ask("upstream", "table@1")["level"] == "run"
    assert ask("upstream", "0aaaaaaa")["level"] == "run"
    assert set(names(ask("upstream", "table@1", level="design"))) == {"table", "load()", "raw"}
    assert set(names(ask("upstream", "0aaaaaaa", level="design"))) == {"load()", "raw"}


def test_a_dataset_that_says_what_it_derives_from_is_reached_without_a_job(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    raw, clean = drawing.dataset("raw"), drawing.dataset("clean")
    step = drawing.node("datasetstep|clean")
    drawing.edge("HAS_STEP", clean, step)
    drawing.wire([raw], step, [clean])
    drawing.simple("clean", "train", "model")
    drawing.save(driver)
    for direction, start, far in (("upstream", "model", "raw"), ("downstream", "raw", "model")):
        answer = ask(direction, start)
        distances = {node["name"]: (node["kind"], node["distance"]) for node in answer["nodes"]}
        assert distances["clean"] == ("dataset", 1)
        assert distances[far] == ("dataset", 2)
        assert {"source": raw, "target": clean, "type": "FEEDS", "evidence": "ALL_INPUTS"} in answer["edges"]
    assert {node["name"]: node["distance"] for node in ask("upstream", "clean")["nodes"]} == {"clean": 0, "raw": 1}


def test_the_run_ladder(driver: neo4j.Driver, ask: Ask) -> None:
    drawing, first, last = run_ladder(30)
    drawing.save(driver)
    for direction, start in (("upstream", last), ("downstream", first)):
        answer = ask(direction, start)
        assert (len(answer["nodes"]), len(answer["edges"]), answer["complete"]) == (121, 180, True)


def test_what_stands_behind_runs_is_told(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    model = drawing.version("model", "1", "2026-01-01T11:00:00.000000000Z", "ModelVersion")
    run = drawing.run("aaaaaaaa-0000-4000-8000-000000000000", "train", seeds=["numpy=7"], error="none", engine="Ray 3")
    drawing.flow([], run, [model])
    drawing.edge("USED_CODE", run, drawing.node("code|1", repository="git@x", version="abc", dirty=True))
    drawing.edge("WITH_PARAMS", run, drawing.node("params|1", params=["depth=3"]))
    drawing.edge("RAN_IN", run, drawing.node("environment|1", python="3.12", packages=["a==1"]))
    drawing.edge("MEASURED", run, drawing.node("metric|1", name="auc", value=0.5, split="test"))
    drawing.edge("MEASURED", run, drawing.node("metric|2", name="rowCount", value=9.0))
    drawing.edge("DESCRIBES", "metric|2", model)
    drawing.edge("CHECKED", drawing.node("assertion|1", name="not_null", column="x", success=False), model)
    drawing.save(driver)

    answer = ask("upstream", "model@1")
    version, told = answer["nodes"]
    assert told["code"] == {"repository": "git@x", "version": "abc", "dirty": True}
    assert (told["params"], told["seeds"], told["engine"]) == (["depth=3"], ["numpy=7"], "Ray 3")
    assert told["metrics"] == [{"name": "auc", "value": 0.5, "split": "test"}]
    assert answer["environments"] == [{"key": "environment|1", "python": "3.12", "packages": ["a==1"]}]
    assert told["environment"] == "environment|1"
    assert (version["role"], version["checks"]) == (
        "ModelVersion",
        [{"name": "not_null", "column": "x", "success": False}],
    )
    assert "environments" not in ask("upstream", "model@1", details=False)


def test_columns_and_what_covers_them(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    a, b, when = (drawing.column("raw", field) for field in ("a", "b", "when"))
    x, y, all_ = (drawing.column("clean", field) for field in ("x", "y", "*"))
    out, other = drawing.column("report", "out"), drawing.column("report", "other")
    drawing.derives(a, x)
    drawing.derives(b, y, masking=True, subtype="AGGREGATION")
    drawing.derives(when, all_, type="INDIRECT", subtype="FILTER")
    drawing.derives(x, out)
    drawing.derives(y, other)
    drawing.save(driver)

    up = ask("upstream", "report#out")
    assert names(up) == {"report#out": 0, "clean#x": 1, "clean#*": 1, "raw#a": 2, "raw#when": 2}
    assert arrows(up) == {"clean#x -> report#out", "clean#* -> clean#x", "raw#a -> clean#x", "raw#when -> clean#*"}
    assert up["level"] == "column"
    down = ask("downstream", "raw#when")
    assert names(down) == {"raw#when": 0, "clean#*": 1, "clean#x": 1, "clean#y": 1, "report#out": 2, "report#other": 2}
    assert set(names(ask("downstream", "raw#b"))) == {"raw#b", "clean#y", "report#other"}
    masked = next(e for e in ask("downstream", "raw#b")["edges"] if e["source"] == b)
    assert (masked["masking"], masked["subtype"], masked["transformation"]) == (True, "AGGREGATION", "DIRECT")
    whole = ask("upstream", "dataset:report", level="column")
    assert {"raw#a", "raw#b", "raw#when", "clean#*"} < set(names(whole))
    assert names(ask("upstream", "dataset|lake|report", level="column")) == names(whole)  # by its key
    assert names(ask("upstream", "lake/report", level="column")) == names(whole)
    short = ask("upstream", "report#out", depth=1)
    assert (set(names(short)), short["stoppedBy"]) == ({"report#out", "clean#x", "clean#*"}, ["depth"])
    assert ask("upstream", "report#out", limit=2)["stoppedBy"] == ["limit"]


def test_columns_go_on_under_another_name_of_the_dataset(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.derives(drawing.column("raw", "a"), drawing.column("path", "x"))
    drawing.derives(drawing.column("table", "x"), drawing.column("out", "y"))
    drawing.alias(drawing.dataset("path"), drawing.dataset("table"))
    drawing.save(driver)
    assert names(ask("upstream", "out#y")) == {"out#y": 0, "table#x": 1, "path#x": 1, "raw#a": 2}
    assert names(ask("downstream", "raw#a")) == {"raw#a": 0, "path#x": 1, "table#x": 1, "out#y": 2}


def test_columns_in_a_ladder_and_a_cycle(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    for rung in range(25):
        for a in "xyz":
            for b in "xyz":
                drawing.derives(drawing.column(f"d{rung}", a), drawing.column(f"d{rung + 1}", b), job=LONG_AGO)
    drawing.derives(drawing.column("d25", "x"), drawing.column("d0", "x"))
    drawing.save(driver)
    answer = ask("upstream", "d25#x")
    assert (len(answer["nodes"]), len(answer["edges"]), answer["complete"]) == (76, 25 * 9 - 6 + 1, True)


def test_what_cannot_be_asked_is_told(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.simple("raw", "load", "clean")
    drawing.save(driver)
    for options in ({"depth": -1}, {"limit": 0}, {"limit": 10**9}, {"level": "all"}, {"depth": 10**9}):
        with pytest.raises(BadRequest):
            ask("upstream", "raw", **options)
    with pytest.raises(BadRequest, match="exclude"):
        ask("upstream", "raw", ended=True, as_of=datetime(2026, 1, 1, tzinfo=UTC))
    with pytest.raises(BadRequest, match="no columns"):
        ask("upstream", "load", level="column")
    with pytest.raises(NotFound, match="level=design"):
        ask("upstream", "raw", level="run")
    with pytest.raises(NotFound, match="no run"):
        ask("upstream", "load", level="run")
    with pytest.raises(NotFound, match="level=design"):
        ask("upstream", "raw", level="column")


def test_a_traversal_that_takes_too_long_is_no_whole_answer(
    driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = Drawing()
    drawing.simple("raw", "load", "clean")
    drawing.save(driver)
    endless = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*) AS n"
    monkeypatch.setattr(
        "headwater_graph.queries.statement", lambda name, real=statement: endless if "design" in name else real(name)
    )
    real = Queries.read

    def hasty(queries: Queries, name: str, /, **parameters: Any) -> dict[str, Any]:
        return real(replace(queries, timeout=0.5) if "design" in name else queries, name, **parameters)

    monkeypatch.setattr(Queries, "read", hasty)
    answer = lineage(Queries(driver, timeout=PATIENCE), Question("upstream", "clean"), lambda: (0, 0))
    assert (answer["complete"], answer["stoppedBy"], answer["nodes"]) == (False, ["time"], [])


@pytest.mark.parametrize(("most", "stopped_by"), [(3, []), (2, ["limit"])])
def test_a_start_of_more_versions_than_are_taken_is_no_whole_answer(
    driver: neo4j.Driver, ask: Ask, monkeypatch: pytest.MonkeyPatch, most: int, stopped_by: list[str]
) -> None:
    drawing = Drawing()
    for number in range(3):
        drawing.flow([drawing.version("raw", f"v{number}")], drawing.run(f"run{number}", "load"), [])
    drawing.save(driver)
    monkeypatch.setattr("headwater_collector.answers.starts._MOST_VERSIONS", most)
    answer = ask("downstream", "raw", level="run")
    assert sum(node["kind"] == "version" for node in answer["nodes"]) == most
    assert (answer["complete"], answer["stoppedBy"]) == (not stopped_by, stopped_by)
