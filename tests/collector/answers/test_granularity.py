"""Answers rolled up and unfolded."""

import neo4j
import pytest
from headwater_collector.answers.folding import Folding
from headwater_collector.answers.granularity import folds
from headwater_collector.errors import BadRequest, NotFound
from headwater_graph.queries import Queries

from tests.collector.answers.answering import Ask, arrows, names
from tests.graph.drawing import Drawing


@pytest.fixture
def partitioned(driver: neo4j.Driver) -> None:
    """Two jobs write a partition each, a third reads the table as a whole, a fourth one partition."""
    drawing = Drawing()
    drawing.simple("one", "load1", "t/dt=1")
    drawing.simple("two", "load2", "t/dt=2/part-00000-a.parquet")
    drawing.simple("t", "report", "r")
    drawing.simple("t/dt=1", "audit", "a")
    drawing.simple("u", "other", "tt/dt=1")
    drawing.save(driver)


@pytest.mark.usefixtures("partitioned")
def test_what_is_written_in_parts_is_read_as_a_whole(ask: Ask) -> None:
    up = ask("upstream", "r")
    assert names(up) == {"r": 0, "report()": 1, "t": 1, "load1()": 2, "load2()": 2, "one": 2, "two": 2}
    assert {"load1 -> t", "load2 -> t", "t -> report"} <= arrows(up)
    table = next(node for node in up["nodes"] if node["name"] == "t")
    assert (table["parts"], table["foldedBy"], up["granularity"]) == (2, ["hive-partitions"], "job")
    down = ask("downstream", "two")
    assert names(down) == {"two": 0, "load2()": 1, "t": 1, "report()": 2, "audit()": 2, "r": 2, "a": 2}


@pytest.mark.usefixtures("partitioned")
def test_operations_show_what_was_named_and_nothing_else(ask: Ask) -> None:
    assert names(ask("upstream", "r", granularity="operation")) == {"r": 0, "report()": 1, "t": 1}
    assert names(ask("upstream", "a", granularity="operation")) == {
        "a": 0,
        "audit()": 1,
        "t/dt=1": 1,
        "load1()": 2,
        "one": 2,
    }


@pytest.mark.usefixtures("partitioned")
def test_a_depth_holds_for_what_is_folded(ask: Ask) -> None:
    answer = ask("upstream", "r", depth=1)
    assert names(answer) == {"r": 0, "report()": 1, "t": 1}
    assert answer["stoppedBy"] == ["depth"]


@pytest.mark.usefixtures("partitioned")
def test_a_part_that_is_asked_for_is_shown_as_its_whole(ask: Ask) -> None:
    answer = ask("upstream", "t/dt=1")
    assert answer["starts"] == ["dataset|lake|t"]
    assert names(answer) == {"t": 0, "load1()": 1, "load2()": 1, "one": 1, "two": 1}


def test_a_dataset_that_is_known_by_its_parts_alone_can_be_asked_for(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.simple("raw", "train", "m/stages/0_LinearRegression_1/data")
    drawing.simple("", "save", "m/metadata")
    drawing.save(driver)
    answer = ask("upstream", "lake/m")
    assert names(answer) == {"m": 0, "train()": 1, "save()": 1, "raw": 1}
    assert ask("downstream", "raw")["nodes"][-1]["key"] in {"dataset|lake|m", "job|airflow|train"}
    with pytest.raises(NotFound):
        ask("upstream", "lake/m", granularity="operation")
    shown = folds(lambda: Queries(driver), Folding(), "lake/m")
    assert shown["parts"] == ["dataset|lake|m/metadata", "dataset|lake|m/stages/0_LinearRegression_1/data"]
    assert folds(lambda: Queries(driver), Folding(), "raw")["parts"] == []


@pytest.fixture
def applications(driver: neo4j.Driver) -> None:
    """One application of two operations, each of which is split into a step, and a job of its own after it."""
    drawing = Drawing()
    app = drawing.job("app")
    for name, reads, writes in (("app.first", "a", "b"), ("app.second", "b", "c")):
        step = drawing.step(drawing.job(name), "s")
        drawing.wire([drawing.dataset(reads)], step, [drawing.dataset(writes)])
        drawing.edge("PART_OF", drawing.job(name), app)
    drawing.simple("c", "report", "d")
    drawing.save(driver)


@pytest.mark.usefixtures("applications")
def test_jobs_fold_into_their_application(ask: Ask) -> None:
    answer = ask("upstream", "d", granularity="application")
    assert arrows(answer) == {"a -> app", "b -> app", "app -> b", "app -> c", "c -> report", "report -> d"}
    assert names(answer)["app()"] == 2


@pytest.mark.usefixtures("applications")
def test_datasets_alone(ask: Ask) -> None:
    answer = ask("downstream", "a", granularity="dataset")
    assert arrows(answer) == {"a -> b", "b -> c", "c -> d"}
    assert names(answer) == {"a": 0, "b": 1, "c": 2, "d": 3}
    assert {edge["type"] for edge in answer["edges"]} == {"FLOWS_TO"}


@pytest.mark.usefixtures("applications")
def test_an_application_stands_for_all_that_is_part_of_it(ask: Ask) -> None:
    answer = ask("upstream", "app")
    assert set(names(answer)) == {"app()", "app.first()", "app.second()", "a", "b"}
    assert answer["resolved"]["why"] == "it and what is part of it"
    assert set(names(ask("downstream", "app", granularity="application"))) == {"app()", "b", "c", "report()", "d"}
    assert names(ask("upstream", "app", granularity="operation")) == {"app()": 0}


@pytest.mark.usefixtures("applications")
@pytest.mark.parametrize(("most", "stopped_by"), [(2, []), (1, ["limit"])])
def test_an_application_of_more_parts_than_are_taken_is_no_whole_answer(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, most: int, stopped_by: list[str]
) -> None:
    monkeypatch.setattr("headwater_collector.answers.starts._MOST_VERSIONS", most)
    assert ask("upstream", "app")["stoppedBy"] == stopped_by


def test_a_job_of_two_applications_stays_as_it_is(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.simple("a", "shared", "b")
    for dag in ("dag1", "dag2"):
        drawing.edge("PART_OF", drawing.job("shared"), drawing.job(dag))
    drawing.save(driver)
    assert set(names(ask("upstream", "b", granularity="application"))) == {"a", "b", "shared()"}


def test_runs_fold_into_the_run_of_their_application(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    app = drawing.run("0190a1b2-0000-7000-8000-00000000000a", "app")
    child = drawing.run("0190a1b2-0000-7000-8000-00000000000b", "app.write")
    drawing.edge("PART_OF", child, app)
    drawing.flow([drawing.version("a", "1", "2026-01-01T00:00:00Z")], child, [drawing.version("b", "1")])
    drawing.save(driver)
    folded = ask("upstream", "b@1", granularity="application")
    assert {node["key"] for node in folded["nodes"] if node["kind"] == "run"} == {app}
    assert {node["key"] for node in ask("upstream", "b@1")["nodes"] if node["kind"] == "run"} == {child}
    alone = ask("upstream", "b@1", granularity="dataset")
    assert arrows(alone) == {"a@1 -> b@1"}
    assert {node["kind"] for node in ask("upstream", "app", level="run")["nodes"]} == {"run", "version"}


def test_names_of_one_dbt_model_are_one_job(driver: neo4j.Driver, ask: Ask) -> None:
    drawing = Drawing()
    drawing.simple("a", "shop.orders", "b")
    drawing.simple("a", "shop.orders.build.run", "b")
    for name in ("shop.orders", "shop.orders.build.run"):
        drawing.node(drawing.job(name), dbtId="model.shop.orders")
    drawing.save(driver)
    assert names(ask("upstream", "b")) == {"b": 0, "shop.orders()": 1, "a": 1}
    assert len(ask("upstream", "b", granularity="operation")["nodes"]) == 4


def test_a_granularity_that_there_is_not(ask: Ask) -> None:
    with pytest.raises(BadRequest, match="granularity=fine"):
        ask("upstream", "b", granularity="fine")


@pytest.fixture
def spark(driver: neo4j.Driver) -> None:
    """One application trains and saves a model, another one loads it; neither says so of the run that predicts."""
    drawing = Drawing()
    for app, parts in {
        "fit": [("fit.save", "", "m/stages/0_LinearRegression_1/data"), ("fit.read", "features", "")],
        "score": [("score.load", "m/stages/0_LinearRegression_1/data", ""), ("score.write", "features", "predictions")],
    }.items():
        for minute, (name, reads, writes) in enumerate(parts):
            drawing.simple(reads, name, writes)
            drawing.edge("PART_OF", drawing.job(name), drawing.job(app))
            run = drawing.run(f"{name}-{minute}", name, f"2026-01-01T0{minute}:00:00Z", endedAt="2026-01-01T01:30:00Z")
            drawing.edge("PART_OF", run, drawing.run(app, app))
            drawing.flow(
                [drawing.version(each, "1") for each in reads.split()],
                run,
                [drawing.version(each, "1", "2026-01-01T00:30:00Z") for each in writes.split()],
            )
    late = drawing.run("score.late", "score.load", "2026-01-01T02:00:00Z")
    drawing.edge("PART_OF", late, drawing.run("score", "score"))
    drawing.flow([drawing.version("late", "1")], late, [])
    drawing.save(driver)


@pytest.mark.usefixtures("spark")
def test_the_model_is_found_behind_predictions_through_the_application(ask: Ask) -> None:
    answer = ask("upstream", "predictions", granularity="application")
    assert arrows(answer) == {"features -> fit", "fit -> m", "m -> score", "features -> score", "score -> predictions"}
    inferred = {(e["source"].split("|")[2], e["target"].split("|")[2]) for e in answer["edges"] if e.get("inferred")}
    assert inferred == {("m", "score"), ("features", "fit")}
    assert answer["inferred"] == 2
    assert "m" not in names(ask("upstream", "predictions"))
    down = ask("downstream", "lake/m", granularity="application")
    assert arrows(down) == {"m -> score", "score -> predictions"}


@pytest.mark.usefixtures("spark")
def test_an_operation_after_the_output_was_written_has_no_part_in_it(ask: Ask) -> None:
    answer = ask("upstream", "predictions@1", granularity="application")
    assert {node["name"] for node in answer["nodes"]} == {
        "predictions",
        "score",
        "features",
        "m/stages/0_LinearRegression_1/data",
        "fit",
    }
    assert {node["name"] for node in ask("upstream", "predictions@1")["nodes"]} == {
        "predictions",
        "score.write",
        "features",
    }
