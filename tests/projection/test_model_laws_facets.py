"""Where each facet is found in the graph, in small stories."""

from typing import Any

from headwater_graph.vocabulary import OPEN_END

from tests.reference.scenario import (
    RUNS,
    dataset_event,
    edge,
    edges,
    graph_of,
    moment,
    names,
    node,
    run_event,
)


def reference(run: str, job: str, run_facets: Any = None, job_facets: Any = None) -> dict[str, Any]:
    return {
        "run": {"runId": RUNS[run], "facets": run_facets or {}},
        "job": {"namespace": "n", "name": job, "facets": job_facets or {}},
    }


def test_the_root_is_told_by_the_facet_that_tells_the_parent() -> None:
    graph = graph_of(
        run_event("A", "START", 1, facets={"parent": {**reference("B", "dag"), "root": reference("C", "app")}}),
        run_event("D", "START", 1, facets={"parent": {**reference("B", "dag"), "root": reference("D", "job")}}),
        run_event("E", "START", 1, facets={"parent": {**reference("B", "dag"), "root": reference("C", "app")}}),
        run_event("E", "START", 2, facets={"parent": reference("B", "dag")}),
    )
    assert edges(graph, "HAS_ROOT") == {"run A -HAS_ROOT-> run C"}


def test_facets_of_a_parent_are_said_of_the_parent() -> None:
    said = reference("B", "dag", {"errorMessage": {"message": "late"}, "mine": {"a": 1}}, {"sql": {"query": "select"}})
    graph = graph_of(
        run_event("B", "START", 1, job="dag", facets={"errorMessage": {"message": "early"}}),
        run_event("A", "START", 2, facets={"parent": said}),
    )
    assert node(graph, "run B")["error"] == "late"
    assert node(graph, "job dag")["sql"] == "select"
    assert edges(graph, "HAS_FACET") == {"run B -HAS_FACET-> facet mine"}


def test_an_event_knows_its_own_run_better_than_as_a_parent() -> None:
    said = reference("A", "job", {"errorMessage": {"message": "told"}})
    graph = graph_of(run_event("A", "FAIL", 1, facets={"errorMessage": {"message": "own"}, "parent": said}))
    assert node(graph, "run A")["error"] == "own"


def test_an_exception_of_spark_is_the_error_where_no_other_is_said() -> None:
    spark = {"spark.exception": {"message": "at line 1", "stackTrace": "..."}}
    graph = graph_of(
        run_event("A", "FAIL", 1, facets=spark),
        run_event("B", "FAIL", 1, facets={**spark, "errorMessage": {"message": "out"}}),
    )
    assert (node(graph, "run A")["error"], node(graph, "run B")["error"]) == ("at line 1", "out")
    assert len(edges(graph, "HAS_FACET")) == 2


def test_facets_with_very_long_names_stay_apart() -> None:
    graph = graph_of(run_event("A", "START", 1, facets={"n" * 9_000: {"a": 1}, "n" * 9_001: {"a": 2}}))
    names = {facet["name"] for facet in graph.of_label("Facet").values()}
    assert len(names) == 2
    assert all(len(name) < 1_024 and name.startswith("n" * 800) for name in names)


def test_properties_of_runs() -> None:
    facets = {
        "extractionError": {"totalTasks": 3, "failedTasks": 2, "errors": []},
        "externalQuery": {"externalQueryId": "q", "source": "snowflake"},
        "environmentVariables": {"environmentVariables": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]},
        "airflow": {"taskInstance": {"try_number": 2, "map_index": 3}, "dagRun": {"run_id": "scheduled"}},
    }
    graph = graph_of(
        run_event("A", "START", 1, facets=facets, job_facets={"dbt_node": {"unique_id": "model.a"}}),
        run_event("B", "START", 0, job_facets={"dbt_node": {"unique_id": "z"}}),
    )
    told = node(graph, "run A")
    assert told["extractionErrors"] == 2
    assert told["externalQuery"] == "snowflake:q"
    assert told["environmentVariables"] == ["A=1", "B=2"]
    assert node(graph, "job job")["dbtId"] == "model.a"
    assert (told["tryNumber"], told["mapIndex"], told["dagRunId"]) == (2, 3, "scheduled")
    assert {line for line in edges(graph, "HAS_FACET") if "run A" in line} == {
        f"run A -HAS_FACET-> facet {name}" for name in ("extractionError", "airflow")
    }


def test_tags_are_shared_and_a_column_has_its_own() -> None:
    tags = [{"key": "pii", "value": "yes", "source": "scan"}, {"key": "pii", "value": "yes", "source": "hand"}]
    of_column = [{"key": "pii", "value": "yes", "field": "c"}, {"key": "raw"}]
    graph = graph_of(
        run_event("A", "START", 1, facets={"tags": {"tags": tags}}, job_facets={"tags": {"tags": tags[:1]}}),
        dataset_event(1, ("t", {"tags": {"tags": of_column}})),
    )
    assert edges(graph, "TAGGED") == {
        "run A -TAGGED-> tag pii=yes",
        "job job -TAGGED-> tag pii=yes",
        "t.c -TAGGED-> tag pii=yes",
        "t -TAGGED-> tag raw",
    }
    assert edge(graph, "run A -TAGGED-> tag pii=yes") == {"source": "hand"}
    assert edges(graph, "HAS_COLUMN") == {"t -HAS_COLUMN-> t.c"}


def test_a_column_that_was_tagged_stays_when_the_tag_goes() -> None:
    tag = {"key": "pii", "field": "c"}
    graph = graph_of(
        dataset_event(1, ("t", {"tags": {"tags": [tag]}})), dataset_event(2, ("t", {"tags": {"tags": []}}))
    )
    assert edges(graph, "TAGGED", "HAS_COLUMN") == {"t -HAS_COLUMN-> t.c"}
    assert names(graph, "Tag") == set()


def test_tests_and_assertions_are_reported_by_runs() -> None:
    tests = {"tests": [{"name": "unique", "status": "PASS"}, {"name": "fresh", "status": "warn", "severity": "low"}]}
    checks = {"assertions": [{"assertion": "not_null", "column": "c", "success": True}]}
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [("t", {"dataQualityAssertions": checks})], facets={"test": tests}),
    )
    assert edges(graph, "REPORTED") == {f"run A -REPORTED-> assertion {n}" for n in ("unique", "fresh", "not_null")}
    assert edges(graph, "ABOUT") == {"assertion not_null -ABOUT-> t.c"}
    assert node(graph, "assertion unique") == {"name": "unique", "status": "PASS", "success": True, "runId": RUNS["A"]}
    assert node(graph, "assertion fresh")["success"] is False


def test_checks_of_an_output_that_are_deleted_replace_those_of_the_input() -> None:
    checks = {"dataQualityAssertions": {"assertions": [{"assertion": "not_null", "success": True}]}}
    gone = {"dataQualityAssertions": {"_deleted": True}}
    graph = graph_of(run_event("A", "COMPLETE", 1, [("t", checks)], [("t", gone)]))
    assert names(graph, "Assertion") == set()
    beside = graph_of(run_event("A", "COMPLETE", 1, [("t", {**checks, "inputFacets": gone})]))
    assert names(beside, "Assertion") == {"assertion not_null"}


def test_dependencies_of_jobs_add_up_and_those_of_a_run_are_a_register() -> None:
    def said(*upstream: tuple[str, str]) -> dict[str, Any]:
        return {"jobDependencies": {"upstream": [reference(run, job) for run, job in upstream]}}

    graph = graph_of(
        run_event("A", "START", 1, facets=said(("B", "extract"))),
        run_event("A", "COMPLETE", 2, facets=said(("C", "clean"), ("A", "job"))),
    )
    assert edges(graph, "TRIGGERS") == {
        "job extract -TRIGGERS-> job job",
        "job clean -TRIGGERS-> job job",
        "run C -TRIGGERS-> run A",
    }
    assert edges(graph, "RUN_OF") == {
        "run A -RUN_OF-> job job",
        "run B -RUN_OF-> job extract",
        "run C -RUN_OF-> job clean",
    }


def test_of_one_pair_of_jobs_what_was_said_last_is_told() -> None:
    up = {"job": {"namespace": "n", "name": "a"}, "dependency_type": "up", "sequence_trigger_rule": "FINISH_TO_START"}
    down = {"job": {"namespace": "n", "name": "b"}, "type": "down"}
    graph = graph_of(
        run_event("A", "START", 2, facets={"jobDependencies": {"upstream": [up], "downstream": [down]}}),
        run_event("B", "START", 1, facets={"jobDependencies": {"upstream": [{**up, "dependency_type": "old"}]}}),
    )
    assert edge(graph, "job a -TRIGGERS-> job job") == {
        "saidBy": "job|n|job",
        "type": "up",
        "sequenceRule": "FINISH_TO_START",
    }
    assert edge(graph, "job job -TRIGGERS-> job b") == {"saidBy": "job|n|job", "type": "down"}


def test_source_code_stands_for_its_place_where_none_is_said() -> None:
    code = {"sourceCode": {"language": "python", "sourceCode": "pass"}}
    place = {"sourceCodeLocation": {"url": "u", "pullRequestNumber": "7"}}
    graph = graph_of(
        run_event("A", "START", 1, job_facets=code),
        run_event("B", "START", 1, job="other", job_facets={**code, **place}),
    )
    told = {frozenset(one) for one in graph.of_label("CodeVersion").values()}
    assert told == {frozenset({"language", "sourceSha256"}), frozenset({"repository", "pullRequest"})}
    assert edges(graph, "USED_CODE") == {
        "run A -USED_CODE-> code",
        "run B -USED_CODE-> code",
        "job other -USED_CODE-> code",
    }


def test_properties_of_datasets_and_what_is_lost_in_them_is_kept() -> None:
    facets = {
        "dataSource": {"name": "s", "uri": "u"},
        "storage": {"storageLayer": "iceberg", "fileFormat": "parquet"},
        "catalog": {"name": "c", "type": "hive", "framework": "iceberg"},
        "hierarchy": {"hierarchy": [{"type": "DATABASE", "name": "d"}, {"type": "SCHEMA", "name": "e"}]},
        "feast_featureView": {"ttl": 1},
    }
    graph = graph_of(dataset_event(1, ("t", facets)))
    assert node(graph, "t") == {
        "namespace": "n",
        "name": "t",
        "dataSource": "s",
        "uri": "u",
        "storageLayer": "iceberg",
        "fileFormat": "parquet",
        "catalog": "c",
        "catalogType": "hive",
        "hierarchy": ["DATABASE=d", "SCHEMA=e"],
    }
    assert names(graph, "FeatureView") == {"t"}
    assert edges(graph, "HAS_FACET") == {"t -HAS_FACET-> facet catalog", "t -HAS_FACET-> facet feast_featureView"}


def test_a_text_that_is_cut_is_kept_whole_beside() -> None:
    graph = graph_of(run_event("A", "START", 1, job_facets={"sql": {"query": "s" * 10_001}}))
    assert len(node(graph, "job job")["sql"]) == 10_000
    assert edges(graph, "HAS_FACET") == {"job job -HAS_FACET-> facet sql"}


def test_a_facet_that_is_too_large_is_summarised() -> None:
    graph = graph_of(
        run_event("A", "START", 1, facets={"plan": {"text": "p" * 65_526}, "fits": {"text": "p" * 65_525}})
    )
    assert node(graph, "facet plan")["bytes"] == 65_537
    assert "bytes" not in node(graph, "facet fits")
    assert '"keys":["text"]' in node(graph, "facet plan")["json"]


def test_statistics_and_subsets_are_on_the_edges() -> None:
    read = {"inputStatistics": {"rowCount": 5, "size": 7}, "subset": {"inputCondition": {"type": "location"}}}
    written = {"outputStatistics": {"rowCount": 3, "fileCount": 1, "mine": 1}}
    graph = graph_of(run_event("A", "COMPLETE", 1, [("t", {"inputFacets": read})], [("m", {"outputFacets": written})]))
    told = edge(graph, "t@?A -READ_BY-> run A")
    assert (told["rowCount"], told["size"], told["subset"]) == (5, 7, '{"type":"location"}')
    assert edge(graph, "run A -WROTE-> m@A") == {"evidence": "ALL_INPUTS", "rowCount": 3, "fileCount": 1}
    assert edges(graph, "HAS_FACET") == {"m@A -HAS_FACET-> facet outputStatistics"}


def test_measures_describe_the_version_that_was_read_or_written() -> None:
    def said(rows: int, **columns: Any) -> dict[str, Any]:
        return {"dataQualityMetrics": {"rowCount": rows, "columnMetrics": columns}}

    old = said(1, c={"max": 2, "quantiles": {"0.5": 1.5}})
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [("t", old)]),
        run_event("B", "COMPLETE", 2, [("t", {"inputFacets": said(4), **said(9)})]),
    )
    assert edges(graph, "DESCRIBES") == {
        "metric rowCount -DESCRIBES-> t@A",
        "metric max -DESCRIBES-> t@A",
        "metric quantile:0.5 -DESCRIBES-> t@A",
    }
    assert sorted(one["value"] for one in graph.of_label("Metric").values()) == [1, 1.5, 2, 4]
    assert node(graph, "metric max") == {"name": "max", "value": 2.0, "column": "c"}


def test_lineage_without_a_job_is_a_step_of_the_dataset() -> None:
    def comes_from(*sources: str) -> dict[str, Any]:
        return {"lineage": {"inputs": [{"namespace": "n", "name": one, "type": "DATASET"} for one in sources]}}

    graph = graph_of(dataset_event(1, ("t", comes_from("a"))), dataset_event(2, ("t", comes_from("b", "c"))))
    assert edges(graph, "FEEDS", "PRODUCES", "HAS_STEP") == {
        "t -HAS_STEP-> t/t",
        "b -FEEDS-> t/t",
        "c -FEEDS-> t/t",
        "t/t -PRODUCES-> t",
    }
    told = edge(graph, "b -FEEDS-> t/t")
    assert (told["evidence"], told["firstSeen"], told["lastSeen"], told["runs"], told["endedAt"]) == (
        "LINEAGE",
        moment(2),
        moment(2),
        0,
        OPEN_END,
    )
    nothing = graph_of(dataset_event(1, ("t", comes_from("a"))), dataset_event(2, ("t", comes_from())))
    assert edges(nothing, "FEEDS", "PRODUCES", "HAS_STEP") == set()
    assert edges(nothing, "HAS_FACET") == {"t -HAS_FACET-> facet lineage"}


def test_lineage_facets_tell_columns_that_add_up() -> None:
    def said(field: str) -> dict[str, Any]:
        source = {"namespace": "n", "name": "a", "type": "DATASET", "field": field}
        return {"lineage": {"inputs": [source, {**source, "field": ""}], "fields": {"c": {"inputs": [source]}}}}

    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], [("t", said("x"))]), run_event("B", "COMPLETE", 2, [], [("t", said("y"))])
    )
    assert edges(graph, "DERIVES") == {f"a.{source} -DERIVES-> t.{out}" for source in "xy" for out in "c*"}
    assert edge(graph, "a.x -DERIVES-> t.c") == {"job": "job|n|job", "firstSeen": moment(1), "endedAt": OPEN_END}


def test_a_job_among_the_inputs_of_lineage_is_kept() -> None:
    inputs = [{"type": "JOB", "namespace": "n", "name": "other"}]
    lineage = {"entries": [{"namespace": "n", "name": "t", "type": "DATASET", "inputs": inputs}]}
    graph = graph_of(run_event("A", "COMPLETE", 1, [], ["t"], job_facets={"lineage": lineage}))
    assert edges(graph, "HAS_FACET") == {"job job -HAS_FACET-> facet lineage"}
