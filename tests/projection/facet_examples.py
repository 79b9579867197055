"""A facet for each row of the table, what the graph holds because of it, and a malformed one where there can be one."""

from dataclasses import dataclass, field
from typing import Any, Final

from headwater_collector.projection.fates import Level

from tests.reference.scenario import RUNS

JSON = Any
Key = tuple[Level, str]

_JOB: Final = {"namespace": "n", "name": "above"}
_PARENT: Final = {
    "run": {"runId": RUNS["B"]},
    "job": _JOB,
    "root": {"run": {"runId": RUNS["C"]}, "job": {"namespace": "n", "name": "top"}},
}
_RELATED: Final = {
    "(:Run)-[:PART_OF]->(:Run)": 1,
    "(:Job)-[:PART_OF]->(:Job)": 1,
    "(:Run)-[:HAS_ROOT]->(:Run)": 1,
}
_TAGS: Final = {"tags": [{"key": "tier", "value": "gold", "source": "USER"}]}
_TAGGED: Final = {"Tag.name": "tier", "Tag.value": "gold", "TAGGED.source": "USER"}
_CHECKS: Final = {
    "assertions": [
        {
            "assertion": "not_null",
            "column": "c",
            "success": False,
            "severity": "error",
            "expected": "0",
            "actual": "3",
        }
    ]
}
_CHECKED: Final = {
    "Assertion.name": "not_null",
    "Assertion.success": False,
    "Assertion.severity": "error",
    "Assertion.expected": "0",
    "Assertion.actual": "3",
    "(:Assertion)-[:ABOUT]->(:Column)": 1,
}
_MEASURES: Final = {"rowCount": 7, "columnMetrics": {"c": {"nullCount": 1, "quantiles": {"0.5": 2}}}}
_COLUMNS: Final = {
    "fields": {"c": {"inputFields": [{"namespace": "n", "name": "a", "field": "x"}]}},
    "dataset": [{"namespace": "n", "name": "a", "field": "y"}],
}
_SOURCE: Final = {"namespace": "n", "name": "a", "type": "DATASET"}
_LINEAGE: Final = {"inputs": [_SOURCE], "fields": {"c": {"inputs": [{**_SOURCE, "field": "x"}]}}}
_NEXT: Final = {**_JOB, "name": "next", "type": "JOB", "runId": "01900000-0000-7000-8000-0000000000ee"}
_DERIVED: Final = {"(:Dataset)-[:FEEDS]->(:Step)": None, "(:Column)-[:DERIVES]->(:Column)": 1}


@dataclass(frozen=True)
class Example:
    """A facet, and what the graph holds of it."""

    facet: JSON
    holds: dict[str, JSON] = field(default_factory=dict)
    """By property its value, by pattern how many edges there are, None for some; a label counts as a pattern."""
    malformed: JSON = None


EXAMPLES: Final[dict[Key, Example]] = {
    ("run", "parent"): Example(_PARENT, _RELATED, {"run": {}}),
    ("run", "parentRun"): Example(_PARENT, _RELATED, {"run": {}}),
    ("run", "nominalTime"): Example(
        {"nominalStartTime": "2026-01-01T00:00:00Z", "nominalEndTime": "2026-01-02T00:00:00Z"},
        {"Run.nominalStart": "2026-01-01T00:00:00.000000000Z", "Run.nominalEnd": "2026-01-02T00:00:00.000000000Z"},
    ),
    ("run", "errorMessage"): Example({"message": "oops"}, {"Run.error": "oops"}, {"message": 1}),
    ("run", "extractionError"): Example({"totalTasks": 3, "failedTasks": 2}, {"Run.extractionErrors": 2}),
    ("run", "externalQuery"): Example(
        {"externalQueryId": "job_1", "source": "bigquery"}, {"Run.externalQuery": "bigquery:job_1"}
    ),
    ("run", "processing_engine"): Example({"name": "spark", "version": "4.0"}, {"Run.engine": "spark 4.0"}),
    ("run", "environmentVariables"): Example(
        {"environmentVariables": [{"name": "TZ", "value": "UTC"}]},
        {"Run.environmentVariables": ["TZ=UTC"]},
        {"environmentVariables": {}},
    ),
    ("run", "executionParameters"): Example(
        {"parameters": [{"key": "lr", "value": "0.1"}]}, {"ParamSet.params": ["lr=0.1"]}, {"parameters": "lr"}
    ),
    ("run", "jobDependencies"): Example(
        {
            "upstream": [
                {
                    "job": _JOB,
                    "run": {"runId": RUNS["B"]},
                    "dependency_type": "IMPLICIT_DEPENDENCY",
                    "sequence_trigger_rule": "FINISH_TO_START",
                    "status_trigger_rule": "EXECUTE_ON_SUCCESS",
                }
            ]
        },
        {
            "(:Job)-[:TRIGGERS]->(:Job)": 1,
            "(:Run)-[:TRIGGERS]->(:Run)": 1,
            "TRIGGERS.type": "IMPLICIT_DEPENDENCY",
            "TRIGGERS.sequenceRule": "FINISH_TO_START",
            "TRIGGERS.statusRule": "EXECUTE_ON_SUCCESS",
        },
        {"downstream": {}},
    ),
    ("run", "tags"): Example(_TAGS, _TAGGED, {"tags": "gold"}),
    ("run", "test"): Example(
        {
            "tests": [
                {
                    "name": "unique_id",
                    "status": "pass",
                    "severity": "warn",
                    "type": "unique",
                    "expected": "0",
                    "actual": "0",
                }
            ]
        },
        {
            "Assertion.name": "unique_id",
            "Assertion.status": "pass",
            "Assertion.success": True,
            "Assertion.severity": "warn",
            "Assertion.type": "unique",
            "Assertion.expected": "0",
            "Assertion.actual": "0",
            "(:Run)-[:REPORTED]->(:Assertion)": 1,
        },
        {"tests": {}},
    ),
    ("run", "spark.exception"): Example({"message": "boom", "stackTrace": "at"}, {"Run.error": "boom"}),
    ("run", "airflow"): Example(
        {"taskInstance": {"try_number": 2, "map_index": 0}, "dagRun": {"run_id": "manual"}},
        {"Run.tryNumber": 2, "Run.mapIndex": 0, "Run.dagRunId": "manual"},
    ),
    ("run", "headwater_seeds"): Example({"seeds": {"numpy": 1}}, {"Run.seeds": ["numpy=1"]}, {"seeds": []}),
    ("run", "headwater_environment"): Example(
        {
            "python": "3.11",
            "os": "linux",
            "lockSha256": "f",
            "image": "i",
            "hardware": {"gpu": "A100"},
            "packages": [{"name": "torch", "version": "2"}],
        },
        {
            "Environment.python": "3.11",
            "Environment.os": "linux",
            "Environment.lockSha256": "f",
            "Environment.image": "i",
            "Environment.hardware": ["gpu=A100"],
            "Environment.packages": ["torch==2"],
        },
        {"packages": {}},
    ),
    ("run", "headwater_codeState"): Example(
        {"dirty": True, "diffSha256": "f"}, {"CodeVersion.dirty": True, "CodeVersion.diffSha256": "f"}
    ),
    ("run", "headwater_metrics"): Example(
        {"metrics": [{"name": "auc", "value": 0.9, "split": "test", "step": 1}]},
        {"Metric.name": "auc", "Metric.value": 0.9, "Metric.split": "test", "Metric.step": 1},
        {"metrics": {}},
    ),
    ("job", "documentation"): Example({"description": "d"}, {"Job.description": "d"}, {"description": 1}),
    ("job", "ownership"): Example({"owners": [{"name": "team"}]}, {"Job.owners": ["team"]}, {"owners": "team"}),
    ("job", "jobType"): Example(
        {
            "jobType": "QUERY",
            "integration": "FLINK",
            "processingType": "STREAMING",
            "emissionPattern": {
                "eventTrigger": "PERIODIC",
                "eventContentMode": "ACCUMULATIVE",
                "windowDuration": 60,
            },
        },
        {
            "Job.type": "QUERY",
            "Job.integration": "FLINK",
            "Job.processing": "STREAMING",
            "Job.eventTrigger": "PERIODIC",
            "Job.contentMode": "ACCUMULATIVE",
            "Job.windowDuration": 60,
        },
    ),
    ("job", "dbt_node"): Example({"unique_id": "model.shop.orders"}, {"Job.dbtId": "model.shop.orders"}),
    ("job", "sql"): Example(
        {"query": "select 1", "dialect": "ansi"}, {"Job.sql": "select 1", "Job.dialect": "ansi"}, {"query": 1}
    ),
    ("job", "sourceCode"): Example(
        {"language": "python", "sourceCode": "pass"},
        {
            "Job.language": "python",
            "CodeVersion.sourceSha256": "d74ff0ee8da3b9806b18c877dbf29bbde50b5bd8e4dad7a3a725000feb82e8f1",
        },
    ),
    ("job", "sourceCodeLocation"): Example(
        {
            "url": "u",
            "repoUrl": "r",
            "version": "c0ffee",
            "branch": "main",
            "tag": "v1",
            "path": "p",
            "pullRequestNumber": "7",
        },
        {
            "CodeVersion.repository": "r",
            "CodeVersion.version": "c0ffee",
            "CodeVersion.branch": "main",
            "CodeVersion.tag": "v1",
            "CodeVersion.path": "p",
            "CodeVersion.pullRequest": "7",
            "(:Job)-[:USED_CODE]->(:CodeVersion)": 1,
        },
    ),
    ("job", "tags"): Example(_TAGS, _TAGGED, {"tags": {}}),
    ("job", "lineage"): Example(
        {
            "entries": [
                {"namespace": "n", "name": "out", "type": "DATASET", **_LINEAGE},
                {**_NEXT, "inputs": [_SOURCE, {"type": "JOB"}]},
                {"namespace": "n", "name": "made", "type": "DATASET", "inputs": [_NEXT]},
            ]
        },
        {
            "(:Step)-[:PRODUCES]->(:Dataset)": 2,
            "(:Job)-[:PRODUCES]->(:Dataset)": 1,
            "(:Dataset)-[:FEEDS]->(:Job)": None,
            "(:Job)-[:FEEDS]->(:Job)": 1,
            "(:Run)-[:RUN_OF]->(:Job)": 2,
            "(:Run)-[:FEEDS]->(:Run)": 1,
            **_DERIVED,
        },
        {"entries": {}},
    ),
    ("dataset", "schema"): Example(
        {"fields": [{"name": "id", "type": "int", "ordinal_position": 1}]},
        {"Dataset.columns": ["id"], "Dataset.columnTypes": ["int"]},
        {"fields": {}},
    ),
    ("dataset", "datasetType"): Example(
        {"datasetType": "TABLE", "subType": "PREDICTIONS"},
        {"Dataset.type": "TABLE", "Dataset.subType": "PREDICTIONS", ":Predictions": 1},
        {"datasetType": 1},
    ),
    ("dataset", "documentation"): Example({"description": "d"}, {"Dataset.description": "d"}, {"description": 1}),
    ("dataset", "ownership"): Example({"owners": [{"name": "team"}]}, {"Dataset.owners": ["team"]}, {"owners": {}}),
    ("dataset", "symlinks"): Example(
        {"identifiers": [{"namespace": "n", "name": "t", "type": "TABLE"}]},
        {"(:Dataset)-[:ALIAS_OF]->(:Dataset)": 2, "ALIAS_OF.type": "TABLE"},
        {"identifiers": {}},
    ),
    ("dataset", "dataSource"): Example(
        {"name": "pg", "uri": "postgres://h"}, {"Dataset.dataSource": "pg", "Dataset.uri": "postgres://h"}
    ),
    ("dataset", "storage"): Example(
        {"storageLayer": "iceberg", "fileFormat": "parquet"},
        {"Dataset.storageLayer": "iceberg", "Dataset.fileFormat": "parquet"},
    ),
    ("dataset", "catalog"): Example(
        {"framework": "iceberg", "type": "rest", "name": "prod"},
        {"Dataset.catalog": "prod", "Dataset.catalogType": "rest"},
    ),
    ("dataset", "hierarchy"): Example(
        {"hierarchy": [{"type": "DATABASE", "name": "shop"}, {"type": "SCHEMA", "name": "public"}]},
        {"Dataset.hierarchy": ["DATABASE=shop", "SCHEMA=public"]},
        {"hierarchy": {}},
    ),
    ("dataset", "tags"): Example(
        {"tags": [{**_TAGS["tags"][0], "field": "email"}]},
        {**_TAGGED, "(:Column)-[:TAGGED]->(:Tag)": 1},
        {"tags": {}},
    ),
    ("dataset", "version"): Example({"datasetVersion": "7"}, {"DatasetVersion.version": "7"}),
    ("dataset", "columnLineage"): Example(_COLUMNS, {"(:Column)-[:DERIVES]->(:Column)": 2}, {"fields": []}),
    ("dataset", "lineage"): Example(
        _LINEAGE, {"(:Dataset)-[:FEEDS]->(:Step)": 1, "(:Column)-[:DERIVES]->(:Column)": 1}, {"inputs": {}}
    ),
    ("dataset", "dataQualityAssertions"): Example({**_CHECKS, "batch": 1}, {}, {"assertions": {}}),
    ("dataset", "dataQualityMetrics"): Example(_MEASURES, {}, {"columnMetrics": []}),
    ("dataset", "lifecycleStateChange"): Example(
        {"lifecycleStateChange": "DROP"}, {}, {"lifecycleStateChange": "EXPLODE"}
    ),
    ("dataset", "feast_featureView"): Example({"name": "v"}, {":FeatureView": 1}),
    ("dataset", "feast_featureService"): Example({"name": "s"}, {":FeatureService": 1}),
    ("input", "version"): Example({"datasetVersion": "7"}, {"DatasetVersion.version": "7"}),
    ("input", "columnLineage"): Example(_COLUMNS),
    ("input", "lineage"): Example(_LINEAGE),
    ("input", "headwater_inputRole"): Example({"role": "train"}, {"READ_BY.role": "train"}, {"role": 1}),
    ("input", "dataQualityAssertions"): Example(_CHECKS, _CHECKED, {"assertions": {}}),
    ("input", "greatExpectations_assertions"): Example(
        {"assertions": [{"expectationType": "not_null", "column": "c", "success": False}]},
        {
            "Assertion.name": "not_null",
            "Assertion.success": False,
            "Assertion.column": "c",
            "(:Assertion)-[:ABOUT]->(:Column)": 1,
        },
        {"assertions": {}},
    ),
    ("input", "dataQualityMetrics"): Example(
        _MEASURES,
        {"Metric.value": 7.0, "Metric.column": "c", "(:Metric)-[:DESCRIBES]->(:DatasetVersion)": 3},
        {"columnMetrics": []},
    ),
    ("input", "inputStatistics"): Example(
        {"rowCount": 3, "size": 4, "fileCount": 5},
        {"READ_BY.rowCount": 3, "READ_BY.size": 4, "READ_BY.fileCount": 5},
    ),
    ("input", "subset"): Example(
        {"inputCondition": {"type": "location", "locations": ["p"]}},
        {"READ_BY.subset": '{"locations":["p"],"type":"location"}'},
    ),
    ("input", "icebergScanReport"): Example({"snapshotId": 42}, {"DatasetVersion.version": "42"}),
    ("output", "version"): Example({"datasetVersion": "7"}, {"DatasetVersion.version": "7"}),
    ("output", "columnLineage"): Example(_COLUMNS, {"(:Column)-[:DERIVES]->(:Column)": 2}, {"fields": []}),
    ("output", "lineage"): Example(_LINEAGE, _DERIVED, {"inputs": {}}),
    ("output", "dataQualityAssertions"): Example(_CHECKS, _CHECKED, {"assertions": {}}),
    ("output", "dataQualityMetrics"): Example(
        _MEASURES,
        {"Metric.value": 7.0, "(:Metric)-[:DESCRIBES]->(:DatasetVersion)": 3},
        {"columnMetrics": []},
    ),
    ("output", "lifecycleStateChange"): Example(
        {"lifecycleStateChange": "rename", "previousIdentifier": {"namespace": "n", "name": "old"}},
        {"WROTE.change": "RENAME", "(:Dataset)-[:FEEDS]->(:Step)": None},
        {"lifecycleStateChange": 1},
    ),
    ("output", "outputStatistics"): Example(
        {"rowCount": 3, "size": 4, "fileCount": 5}, {"WROTE.rowCount": 3, "WROTE.size": 4, "WROTE.fileCount": 5}
    ),
    ("output", "subset"): Example({"outputCondition": {"type": "partition"}}, {"WROTE.subset": '{"type":"partition"}'}),
    ("output", "icebergCommitReport"): Example({"snapshotId": 42}, {"DatasetVersion.version": "42"}),
    ("output", "headwater_model"): Example({"framework": "torch"}),
}
"""By level and key. Facets that are only kept need no example: one is made for each."""
