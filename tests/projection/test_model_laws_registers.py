"""Laws 1 to 3 in small stories: order, accumulation, registers, column lineage and what runs ran with."""

import json
from typing import Any

import pytest
from headwater_graph.vocabulary import OPEN_END

from tests.reference.scenario import (
    RUNS,
    columns,
    dataset_event,
    edge,
    edges,
    graph_of,
    moment,
    names,
    node,
    run_event,
    version,
)


def docs(text: str) -> dict[str, Any]:
    return {"documentation": {"description": text}}


def parent(run: str, job: str, **more: Any) -> dict[str, Any]:
    return {"run": {"runId": RUNS[run]}, "job": {"namespace": "n", "name": job}, **more}


def test_state_is_the_highest_said_whatever_the_time() -> None:
    graph = graph_of(run_event("A", "FAIL", 1), run_event("A", "START", 2), run_event("A", "COMPLETE", 3))
    assert node(graph, "run A") == {
        "runId": "01900000-0000-7000-8000-00000000000a",
        "jobKey": "job|n|job",
        "state": "FAIL",
        "at": moment(1),
        "startedAt": moment(2),
        "endedAt": moment(3),
        "lastEventAt": moment(3),
    }


def test_inputs_and_outputs_of_a_run_add_up() -> None:
    graph = graph_of(run_event("A", "START", 1, ["a"]), run_event("A", "COMPLETE", 2, ["b"], ["x"]))
    assert edges(graph, "FEEDS") == {"a -FEEDS-> job job", "b -FEEDS-> job job"}


def test_the_later_facet_replaces_the_earlier_and_an_output_beats_an_input() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 2, [("t", docs("read"))], [("t", docs("written")), ("t", docs("written again"))]),
        dataset_event(1, ("t", docs("earlier"))),
    )
    assert node(graph, "t")["description"] == "written again"


def test_a_deleted_facet_stays_deleted_when_an_older_one_comes_late() -> None:
    graph = graph_of(dataset_event(2, ("t", {"documentation": {"_deleted": True}})), dataset_event(1, ("t", docs("x"))))
    assert "description" not in node(graph, "t")


def test_a_malformed_facet_is_skipped() -> None:
    odd = {"schema": {"fields": "none"}, "columnLineage": {"fields": []}, "custom": None}
    good = {"schema": {"fields": [{"name": "c", "type": "int", "fields": [{"name": "d"}]}]}}
    graph = graph_of(dataset_event(1, ("t", good)), dataset_event(2, ("t", odd)))
    assert node(graph, "t")["columns"] == ["c", "c.d"]
    assert node(graph, "t")["columnTypes"] == ["int", ""]
    assert edges(graph, "HAS_FACET") == {"t -HAS_FACET-> facet schema"}


def schema(*said: str, **more: Any) -> dict[str, Any]:
    """Return facets with a schema: `amount:int` is a column with its type, `amount` one without."""
    columns = [dict(zip(("name", "type"), one.split(":"), strict=False)) for one in said]
    return {"schema": {"fields": [{**column, **more} for column in columns]}}


def trino(query: str) -> dict[str, Any]:
    return {"trino_query_context": {"query_type": query}}


def test_columns_that_a_run_read_without_their_types_are_not_taken_for_all_of_them() -> None:
    written = run_event("A", "COMPLETE", 1, [], [("t", schema("id:int", "amount:int"))])
    read = run_event("B", "COMPLETE", 2, [("t", schema("amount"))])
    assert node(graph_of(written, read), "t")["columns"] == ["id", "amount"]
    assert node(graph_of(written, read), "t")["columnTypes"] == ["int", "int"]
    typed = run_event("B", "COMPLETE", 2, [("t", schema("id", "amount:int"))])
    assert node(graph_of(written, typed), "t")["columnTypes"] == ["", "int"]


def test_columns_that_a_run_read_are_all_that_is_known_of_a_table_that_nobody_describes() -> None:
    first, later = (run_event(run, "COMPLETE", n, [("t", schema(run))]) for n, run in enumerate("AB"))
    assert node(graph_of(first, later), "t")["columns"] == ["B"]
    described = dataset_event(0, ("t", schema("id")))
    assert node(graph_of(first, later, described), "t")["columns"] == ["id"]


@pytest.mark.parametrize(
    ("query", "columns"), [("MERGE", ["id"]), ("delete", ["id"]), ("INSERT", ["amount"]), (1, ["amount"])]
)
def test_columns_that_a_query_of_trino_changes_are_not_taken_for_all_of_them(query: Any, columns: list[str]) -> None:
    whole = dataset_event(1, ("t", schema("id:int")))
    query_event = run_event("A", "COMPLETE", 2, [], [("t", schema("amount:int"))], facets=trino(query))
    assert node(graph_of(whole, query_event), "t")["columns"] == columns


def test_a_deleted_schema_is_gone_in_whole_and_in_part() -> None:
    partial = run_event("A", "COMPLETE", 1, [("t", schema("x"))])
    deleted = {"schema": {"_deleted": True}}
    whole = dataset_event(2, ("t", schema("x:int", "y:int")))
    for last in (dataset_event(3, ("t", deleted)), run_event("B", "COMPLETE", 3, [("t", deleted)])):
        assert "columns" not in node(graph_of(partial, whole, last), "t")
    again = run_event("C", "COMPLETE", 4, [("t", schema("y"))])
    assert node(graph_of(partial, whole, dataset_event(3, ("t", deleted)), again), "t")["columns"] == ["y"]


def test_a_partial_schema_is_kept_only_where_it_is_the_one_that_is_shown() -> None:
    told = schema("x", description="what it is")
    partial, whole = run_event("A", "COMPLETE", 3, [("t", told)]), dataset_event(1, ("t", schema("x:int")))
    assert edges(graph_of(partial, whole), "HAS_FACET") == set()
    deleted = dataset_event(2, ("t", {"schema": {"_deleted": True}}))
    for graph in (graph_of(partial), graph_of(partial, whole, deleted)):  # by the last event it is shown again
        assert json.loads(node(graph, "facet schema")["json"]) == told["schema"]


def test_unknown_facets_are_kept() -> None:
    graph = graph_of(run_event("A", "START", 1, facets={"mine": {"b": [1], "a": "ü"}}, job_facets={"ours": {}}))
    assert edges(graph, "HAS_FACET") == {"run A -HAS_FACET-> facet mine", "job job -HAS_FACET-> facet ours"}
    assert node(graph, "facet mine")["json"] == '{"a":"ü","b":[1]}'


def test_what_a_run_says_of_its_output_belongs_to_the_version_that_it_wrote() -> None:
    said = {"outputFacets": {"mine": {"rowCount": 5}}, "headwater_model": {"framework": "torch"}}
    graph = graph_of(run_event("A", "COMPLETE", 1, [], [("m", {**version("1"), **said})]))
    assert edges(graph, "HAS_FACET") == {
        "m@1 -HAS_FACET-> facet mine",
        "m@1 -HAS_FACET-> facet headwater_model",
    }


def test_two_writers_of_a_table_do_not_erase_each_others_column_lineage() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [("t", columns(c="a.x"))], job="one"),
        run_event("B", "COMPLETE", 2, [], [("t", columns(c="b.x"))], job="two"),
    )
    assert {edge(graph, f"{d}.x -DERIVES-> t.c")["endedAt"] for d in "ab"} == {OPEN_END}


def test_column_lineage_ends_when_a_later_facet_of_the_job_no_longer_says_it() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [("t", columns(c="a.x"))]),
        run_event("B", "COMPLETE", 2, [], [("t", columns(c="b.x"))]),
        run_event("C", "COMPLETE", 3, [], ["t"]),
    )
    assert edge(graph, "a.x -DERIVES-> t.c") == {"job": "job|n|job", "firstSeen": moment(1), "endedAt": moment(2)}
    assert edge(graph, "b.x -DERIVES-> t.c")["endedAt"] == OPEN_END
    assert names(graph, "Column") == {"a.x", "b.x", "t.c"}


def test_column_lineage_tells_transformations_and_the_whole_dataset() -> None:
    masked = {"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": True}
    field = {"namespace": "n", "name": "a", "field": "x"}
    facet = {"fields": {"c": {"inputFields": [{**field, "transformations": [masked]}]}}, "dataset": [field]}
    graph = graph_of(run_event("A", "COMPLETE", 1, [], [("t", {"columnLineage": facet})]))
    assert edges(graph, "DERIVES") == {"a.x -DERIVES-> t.c", "a.x -DERIVES-> t.*"}
    told = edge(graph, "a.x -DERIVES-> t.c")
    assert (told["type"], told["subtype"], told["masking"]) == ("DIRECT", "TRANSFORMATION", True)


def test_symlinks_are_aliases_both_ways_until_replaced() -> None:
    def links(*named: str) -> dict[str, Any]:
        return {"symlinks": {"identifiers": [{"namespace": "n", "name": n, "type": "TABLE"} for n in named]}}

    graph = graph_of(dataset_event(1, ("t", links("old"))), dataset_event(2, ("t", links("u", "t"))))
    assert edges(graph, "ALIAS_OF") == {"t -ALIAS_OF-> u", "u -ALIAS_OF-> t"}
    assert names(graph, "Dataset") == {"t", "u", "old"}


def test_kinds_of_datasets_have_labels_and_so_do_models_versions() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [("m", version("1"))]),
        dataset_event(2, ("m", {"datasetType": {"datasetType": "MODEL"}})),
        dataset_event(2, ("p", {"datasetType": {"datasetType": "TABLE", "subType": "PREDICTIONS"}})),
    )
    assert names(graph, "Model") == {"m"}
    assert names(graph, "ModelVersion") == {"m@1"}
    assert names(graph, "Predictions") == {"p"}


def test_a_parent_is_a_register_and_its_stubs_stay() -> None:
    root = {"root": {"run": {"runId": "outer"}, "job": {"namespace": "n", "name": "outer"}}}
    graph = graph_of(
        run_event("A", "START", 1, facets={"parent": parent("B", "dag", **root)}),
        run_event("A", "COMPLETE", 2, facets={"parent": parent("C", "dag")}),
    )
    assert edges(graph, "PART_OF") == {"run A -PART_OF-> run C", "job job -PART_OF-> job dag"}
    assert names(graph, "Job") == {"job job", "job dag", "job outer"}
    assert "state" not in node(graph, "run B")


def test_a_run_is_not_its_own_parent_but_its_job_may_be() -> None:
    own = graph_of(run_event("A", "START", 1, facets={"parent": parent("A", "job")}))
    assert edges(own, "PART_OF") == set()
    other = graph_of(run_event("A", "START", 1, facets={"parent": parent("B", "job")}))
    assert edges(other, "PART_OF") == {"run A -PART_OF-> run B", "job job -PART_OF-> job job"}


def test_runs_share_code_environment_and_parameters() -> None:
    facets = {
        "executionParameters": {"parameters": [{"key": "lr", "value": 0.1}, {"key": "depth", "value": 3}]},
        "headwater_environment": {"python": "3.11", "packages": [{"name": "torch", "version": "2"}]},
        "headwater_codeState": {"dirty": True},
        "headwater_seeds": {"seeds": {"numpy": 1}},
        "headwater_metrics": {"metrics": [{"name": "auc", "value": 0.9, "split": "test"}]},
    }
    code = {"sourceCodeLocation": {"url": "u", "repoUrl": "r", "version": "c"}}
    graph = graph_of(*(run_event(run, "COMPLETE", 1, facets=facets, job_facets=code) for run in "AB"))
    assert node(graph, "params") == {"params": ["depth=3", "lr=0.1"]}
    assert node(graph, "environment") == {"python": "3.11", "packages": ["torch==2"]}
    said = {"repository": "r", "version": "c"}
    assert edges(graph, "USED_CODE") == {f"{one} -USED_CODE-> code" for one in ("run A", "run B", "job job")}
    assert sorted(map(str, graph.of_label("CodeVersion").values())) == [str(said | {"dirty": True}), str(said)]
    assert len(edges(graph, "RAN_IN", "WITH_PARAMS")) == 4
    assert node(graph, "run A")["seeds"] == ["numpy=1"]
    assert len(edges(graph, "MEASURED")) == 2


def test_checks_and_roles_belong_to_the_version_that_was_read() -> None:
    checks = {"assertions": [{"assertion": "not_null", "column": "c", "success": False}]}
    said = {"inputFacets": {"dataQualityAssertions": checks, "headwater_inputRole": {"role": "test"}}}
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["t"]), run_event("B", "COMPLETE", 2, [("t", said)], job="check")
    )
    assert edges(graph, "CHECKED") == {"assertion not_null -CHECKED-> t@A"}
    assert node(graph, "assertion not_null")["success"] is False
    assert edge(graph, "t@A -READ_BY-> run B")["role"] == "test"


def test_a_run_id_that_is_no_uuid_belongs_to_the_namespace_of_its_job() -> None:
    graph = graph_of(run_event("nightly", "COMPLETE", 1), run_event("nightly", "START", 0))
    assert set(graph.of_label("Run")) == {"run|n|nightly"}


def test_a_role_said_under_two_jobs_is_the_later_one() -> None:
    def as_role(role: str) -> tuple[str, dict[str, Any]]:
        return ("t", {"inputFacets": {"headwater_inputRole": {"role": role}}})

    graph = graph_of(
        run_event("A", "START", 2, [as_role("test")], job="one"),
        run_event("A", "COMPLETE", 1, [as_role("train")], job="two"),
    )
    assert edge(graph, "t@?A -READ_BY-> run A")["role"] == "test"


def test_a_lineage_facet_alone_wires_and_ends_like_a_list_of_inputs_and_outputs() -> None:
    named = {"namespace": "n", "type": "DATASET"}
    lineage = {"entries": [{**named, "name": "x", "inputs": [{**named, "name": "a"}]}]}
    graph = graph_of(
        run_event("A", "COMPLETE", 1, ["b"], ["y"]), run_event("B", "COMPLETE", 2, job_facets={"lineage": lineage})
    )
    assert edges(graph, "FEEDS") == {"a -FEEDS-> job job", "b -FEEDS-> job job"}
    assert edge(graph, "b -FEEDS-> job job")["endedAt"] == moment(2)


def test_a_lineage_facet_of_other_jobs_alone_wires_nothing_of_its_own_and_ends_nothing() -> None:
    other = {"namespace": "n", "type": "JOB", "name": "other"}
    lineage = {"entries": [{"namespace": "n", "type": "DATASET", "name": "x", "inputs": [other]}]}
    graph = graph_of(
        run_event("A", "COMPLETE", 1, ["b"], ["y"]), run_event("B", "COMPLETE", 2, job_facets={"lineage": lineage})
    )
    assert edges(graph, "FEEDS", "PRODUCES") == {
        "b -FEEDS-> job job",
        "job job -PRODUCES-> y",
        "job other -PRODUCES-> x",
    }
    assert edge(graph, "b -FEEDS-> job job")["endedAt"] == OPEN_END
    assert edges(graph, "READ_BY", "WROTE") == {"b@?A -READ_BY-> run A", "run A -WROTE-> y@A"}
