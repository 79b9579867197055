"""Where the graph of a source differs from its expected sets, each with the reason. None drops flow."""

from collections.abc import Set
from dataclasses import dataclass, field

Row = tuple[str, ...]

ONLY_COLUMNS = "only column lineage names it, so it is an input (law 4, evidence COLUMN)"
PARENTS_RUN = "a run that only its children name is known to be a run of the job that they name"
ROOT = "the root job of the parent facet, which the sets do not hold"
LEGACY = "the parent is said under the legacy key parentRun"
JOB_NAMED = "a lineage facet names the job, or the run, as what feeds another one"
LINEAGE = "only a lineage facet names the dataset"
WHOLE = "a lineage facet names the column, for the dataset as a whole"
REPLACED = "a later symlinks facet replaced the one that said it (law 3)"


@dataclass(frozen=True)
class Difference:
    """Rows of one set (by name) of one source that the graph holds besides, or no longer."""

    source: str
    name: str
    reason: str
    more: Set[Row] = field(default_factory=frozenset)
    less: Set[Row] = field(default_factory=frozenset)


_MY_TASK = {("3f5e83fa-3480-44ff-99c5-ff943904e5e8", "my-scheduler-namespace", "myjob.mytask")}
_FEATURES = ("file", "/data/lab/spark/wh/ice/ml/customer_features")
_HDFS = "hdfs://dataproc-producer-test-m"
_BASH_RUN = "39ad10d1-72d9-3fe9-b2a4-860c651b98b7"
_INLET_RUN = "4da6f6d2-8902-3b6c-be7e-9269610a8c8f"
_INLET = ("uninhabited-magnify-7821", "inlet_outlet_demo")
_WRITE_TASK, _LOAD_TASK = ("<job_namespace>", "<job_name>.Write task"), ("<job_namespace>", "<job_name>.Load task")

DIFFERENCES = [
    Difference(
        "ol-docs-examples",
        "column_edges",
        WHOLE,
        {("postgres://prod", "X", column, "file://", "R.pdf", "*") for column in "AB"},
    ),
    Difference(
        "ol-docs-examples",
        "jobs",
        JOB_NAMED,
        {("airflow://prod", "dag_a.task_3"), ("flink://ingest", "event_normalizer")},
    ),
    Difference("ol-docs-examples", "runs", JOB_NAMED, {("run-a-042",)}),
    Difference("ol-docs-examples", "run_of_job", JOB_NAMED, {("run-a-042", "airflow://prod", "dag_a.task_3")}),
    Difference("gen-spark-1.53.0", "jobs", ROOT, {("airflow-prod", "daily_ml")}),
    Difference(
        "gen-spark-1.53.0",
        "run_of_job",
        PARENTS_RUN,
        {
            ("0194c5a1-7a00-7d11-8e4f-aa55bb66cc77", "airflow-prod", "daily_ml"),
            ("0194c5a1-7a10-7c3a-9d2e-5b6f0c1d2e3f", "airflow-prod", "daily_ml.build_features"),
        },
    ),
    Difference(
        "gen-spark-1.53.0",
        "job_reads",
        ONLY_COLUMNS,
        {("spark-local", "feature_pipeline.execute_merge_into_command.training_set", *_FEATURES)},
    ),
    Difference("gen-spark-1.53.0", "run_reads", ONLY_COLUMNS, {("01a2073c-e2d6-7839-96eb-97059bbca434", *_FEATURES)}),
    Difference("marquez-api-tests", "run_of_job", PARENTS_RUN, _MY_TASK),
    Difference("ol-client-spec-fixtures", "run_of_job", PARENTS_RUN, _MY_TASK),
    Difference("ol-fluentd-proxy", "run_of_job", PARENTS_RUN, _MY_TASK),
    Difference(
        "marquez-docker-seed-getindata",
        "job_reads",
        ONLY_COLUMNS,
        {("file", "etl_delivery_7_days", "file", "public.menu_item_id")},
    ),
    Difference(
        "marquez-docker-seed-getindata",
        "run_reads",
        ONLY_COLUMNS,
        {("d5a2a4c4-fc78-428d-ae85-08c942ed8371", "file", "public.menu_item_id")},
    ),
    Difference(
        "mongodb-benchmark-synthetic",
        "run_reads",
        ONLY_COLUMNS,
        {("d97991ef-5dcf-4b48-ae64-d92ecac19c58", "banking", "account-summaries")},
    ),
    Difference(
        "ol-compat-spark-simple",
        "symlinks",
        REPLACED,
        less={
            (_HDFS, f"/user/hive/warehouse/{table}", f"{_HDFS}/user/hive/warehouse", f"default.{table}")
            for table in ("t1", "t2")
        },
    ),
    Difference(
        "ol-docs-examples",
        "datasets",
        LINEAGE,
        {("postgresql://warehouse:5432", "public.customers"), ("postgresql://warehouse:5432", "public.orders")},
    ),
    Difference("ol-docs-examples", "jobs", LEGACY, {_INLET}),
    Difference("ol-docs-examples", "runs", LEGACY, {(_INLET_RUN,)}),
    Difference("ol-docs-examples", "run_of_job", LEGACY, {(_INLET_RUN, *_INLET)}),
    Difference("ol-docs-examples", "parent_jobs", LEGACY, {(_INLET[0], "inlet_outlet_demo.test-operator", *_INLET)}),
    Difference("ol-docs-examples", "parent_runs", LEGACY, {("753b0c7c-e424-4e10-a5ab-062ae5be43ee", _INLET_RUN)}),
    Difference(
        "ol-docs-examples",
        "job_reads",
        ONLY_COLUMNS,
        {("<job_namespace>", "<job_name>.Transform task", *_LOAD_TASK), (*_WRITE_TASK, *_WRITE_TASK)},
    ),
    Difference("ol-docs-examples", "run_reads", ONLY_COLUMNS, {("...", *_LOAD_TASK), ("...", *_WRITE_TASK)}),
    Difference("ol-legacy-docs", "jobs", LEGACY, {("default", "example_bash_operator")}),
    Difference("ol-legacy-docs", "runs", LEGACY, {(_BASH_RUN,)}),
    Difference("ol-legacy-docs", "run_of_job", LEGACY, {(_BASH_RUN, "default", "example_bash_operator")}),
    Difference("ol-legacy-docs", "run_of_job", PARENTS_RUN, _MY_TASK),
    Difference(
        "ol-legacy-docs",
        "parent_jobs",
        LEGACY,
        {("default", "example_bash_operator.runme_2", "default", "example_bash_operator")},
    ),
    Difference("ol-legacy-docs", "parent_runs", LEGACY, {("313b4e71-9cde-4c83-b641-dd6773bf114b", _BASH_RUN)}),
]

COMPLETED = 10
"""Fragments in documentation without eventTime: refused by the collector, completed here so that none is dropped."""

REFUSED = {
    "ol-fluentd-proxy": "proxy_fluentd_events_event_no_run_id.json",
    "ol-legacy-docs": "website_docs_development_developing_python_tests_airflow__0000.json",
}
"""Events without runId: no identity, refused; the expected sets leave them out too."""
