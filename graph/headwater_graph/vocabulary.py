"""The graph's vocabulary, as data: labels, relationship types and their properties.

Constraints, indexes, the statements that write, and the schema page of the README derive from it. A time is written as
text ``YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`` (UTC, nanoseconds) on the way and is a Neo4j datetime in the graph.
"""

from dataclasses import dataclass
from typing import Final, Literal

OPEN_END: Final = "9999-12-31T00:00:00.000000000Z"
"""`endedAt` of a design-level edge that stands."""

Kind = Literal["text", "texts", "integer", "number", "flag", "time"]


@dataclass(frozen=True, slots=True)
class Property:
    """A property of a node or relationship."""

    name: str
    kind: Kind
    description: str


@dataclass(frozen=True, slots=True)
class Label:
    """A label, the kinds of key that carry it, and its properties beside `key`."""

    name: str
    kinds: tuple[str, ...]
    description: str
    properties: tuple[Property, ...] = ()
    extra_labels: tuple[str, ...] = ()
    indexes: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Relationship:
    """A relationship type with the pairs of labels that it joins."""

    name: str
    pairs: tuple[tuple[str, str], ...]
    description: str
    properties: tuple[Property, ...] = ()
    flow: tuple[Literal["design", "run", "column", "alias"], ...] = ()
    """The levels at which it is part of data flow."""


def _p(name: str, kind: Kind, description: str) -> Property:
    return Property(name, kind, description)


_NAMED: Final = (
    _p("namespace", "text", "OpenLineage namespace"),
    _p("name", "text", "OpenLineage name"),
)

LABELS: Final = (
    Label(
        "Dataset",
        ("dataset",),
        "One identity of a dataset, as producers name it",
        (
            *_NAMED,
            _p("type", "text", "datasetType facet: TABLE, VIEW, FILE, TOPIC, STREAM, MODEL, FEATURE_VIEW, SERVICE ..."),
            _p("subType", "text", "datasetType facet: subType"),
            _p("description", "text", "documentation facet"),
            _p("columns", "texts", "names of the schema facet's fields, nested ones with dots"),
            _p("columnTypes", "texts", "their types, in the same order"),
            _p("owners", "texts", "ownership facet"),
            _p("dataSource", "text", "dataSource facet: name"),
            _p("uri", "text", "dataSource facet: uri"),
            _p("storageLayer", "text", "storage facet, e.g. iceberg, delta"),
            _p("fileFormat", "text", "storage facet, e.g. parquet"),
            _p("catalog", "text", "catalog facet: name"),
            _p("catalogType", "text", "catalog facet: type, e.g. hive, rest"),
            _p("hierarchy", "texts", "hierarchy facet, as TYPE=name from the outermost level"),
        ),
        ("Model", "FeatureView", "FeatureService", "Endpoint", "Predictions"),
    ),
    Label(
        "Job",
        ("job",),
        "A job, as producers name it",
        (
            *_NAMED,
            _p("type", "text", "jobType facet: jobType, e.g. TASK, QUERY, TRAINING"),
            _p("integration", "text", "jobType facet: integration, e.g. SPARK"),
            _p("processing", "text", "jobType facet: processingType, BATCH or STREAMING"),
            _p("description", "text", "documentation facet"),
            _p("owners", "texts", "ownership facet"),
            _p("eventTrigger", "text", "jobType facet: when it emits events, EVENT_BASED or PERIODIC"),
            _p(
                "contentMode",
                "text",
                "jobType facet: ACCUMULATIVE, or COMPLETE_SNAPSHOT: each event tells a window",
            ),
            _p("windowDuration", "integer", "jobType facet: seconds that a window lasts"),
            _p("sql", "text", "sql facet: the query, at most 10,000 characters"),
            _p("dialect", "text", "sql facet: dialect"),
            _p("language", "text", "sourceCode facet: language"),
            _p(
                "dbtId",
                "text",
                "dbt_node facet: unique id of the dbt node that it builds or tests",
            ),
        ),
    ),
    Label(
        "Run",
        ("run",),
        "One execution of a job",
        (
            _p("runId", "text", "OpenLineage run id"),
            _p("jobKey", "text", "key of its job; of the first by name where events name several"),
            _p("state", "text", "highest of FAIL > ABORT > COMPLETE > RUNNING > START > OTHER that was said"),
            _p("at", "time", "earliest event time; reads are bound as of then"),
            _p("startedAt", "time", "earliest time of a START event"),
            _p("endedAt", "time", "latest time of a COMPLETE, ABORT or FAIL event"),
            _p("lastEventAt", "time", "latest event time; a run that has not ended long after it may be gone"),
            _p("error", "text", "message of the errorMessage facet, else of spark.exception, at most 2,000 characters"),
            _p("extractionErrors", "integer", "extractionError facet: tasks whose lineage the producer failed to read"),
            _p("externalQuery", "text", "externalQuery facet, as source:id"),
            _p("nominalStart", "time", "nominalTime facet"),
            _p("nominalEnd", "time", "nominalTime facet"),
            _p("engine", "text", "processing_engine facet: name and version"),
            _p("environmentVariables", "texts", "environmentVariables facet, as name=value, sorted"),
            _p("seeds", "texts", "headwater_seeds facet, as name=value"),
            _p("tryNumber", "integer", "airflow facet: number of the try"),
            _p("mapIndex", "integer", "airflow facet: index of a mapped task"),
            _p("dagRunId", "text", "airflow facet: id of the DAG run"),
        ),
        indexes=(("runId",), ("jobKey", "at"), ("at",)),
    ),
    Label(
        "DatasetVersion",
        ("version",),
        "An immutable state of a dataset",
        (
            _p("datasetKey", "text", "key of its dataset"),
            _p("version", "text", "the version as producers name it; absent where nobody named one"),
            _p(
                "source",
                "text",
                "EXPLICIT (named), RUN (written without a name) or UNKNOWN (read before any known write)",
            ),
            _p("writtenAt", "time", "when its write ended; absent where no write is known"),
            _p("failed", "flag", "true if every run that wrote it failed or was aborted"),
        ),
        ("ModelVersion",),
        (("datasetKey", "writtenAt"),),
    ),
    Label(
        "Column",
        ("column",),
        "A column that lineage, a tag or a check names; the column * is the dataset as a whole",
        (*_NAMED, _p("field", "text", "the column's name"), _p("datasetKey", "text", "key of its dataset")),
    ),
    Label(
        "Step",
        ("jobstep", "runstep", "datasetstep"),
        "A part of a job or run whose inputs feed only some of its outputs, or a derivation that no job is named for",
    ),
    Label(
        "Tag",
        ("tag",),
        "A tag, shared by all that has it",
        (
            _p("tag", "text", "name, or name=value"),
            _p("name", "text", "the tag's key"),
            _p("value", "text", "value, if it has one"),
        ),
    ),
    Label(
        "CodeVersion",
        ("code",),
        "A state of source code, shared by all runs of it",
        (
            _p("repository", "text", "repository URL"),
            _p("version", "text", "commit"),
            _p("branch", "text", "branch"),
            _p("tag", "text", "tag"),
            _p("path", "text", "path inside the repository"),
            _p("pullRequest", "text", "number of the pull request that it is from"),
            _p("language", "text", "sourceCode facet: language, where nobody says where the code is"),
            _p("sourceSha256", "text", "SHA-256 of the source code, where nobody says where it is"),
            _p("dirty", "flag", "the work tree had changes that are not in the commit"),
            _p("diffSha256", "text", "SHA-256 of those changes"),
        ),
    ),
    Label(
        "Environment",
        ("environment",),
        "A software environment, shared by all runs in it",
        (
            _p("python", "text", "Python version"),
            _p("os", "text", "operating system"),
            _p("packages", "texts", "name==version of installed packages"),
            _p("lockSha256", "text", "SHA-256 of the lock file"),
            _p("image", "text", "container image with digest"),
            _p("hardware", "texts", "hardware as name=value"),
        ),
    ),
    Label(
        "ParamSet",
        ("params",),
        "A set of parameters, shared by all runs with it",
        (_p("params", "texts", "name=value, sorted by name"),),
    ),
    Label(
        "Metric",
        ("metric",),
        "A measured value of a run",
        (
            _p("name", "text", "name"),
            _p("value", "number", "value"),
            _p("split", "text", "part of the data: train, validation, test ..."),
            _p("step", "integer", "training step"),
            _p("column", "text", "the column measured, if it is one of a dataset"),
        ),
    ),
    Label(
        "Assertion",
        ("assertion",),
        "One outcome of a data quality check or test",
        (
            _p("name", "text", "the assertion"),
            _p("column", "text", "the column checked, if it is one"),
            _p("success", "flag", "passed"),
            _p("status", "text", "test facet: the status as it was sent"),
            _p("type", "text", "test facet: type, e.g. not_null"),
            _p("severity", "text", "severity"),
            _p("expected", "text", "expected"),
            _p("actual", "text", "actual"),
            _p("runId", "text", "the run that reported it"),
        ),
    ),
    Label(
        "Facet",
        ("facet",),
        "A facet that no property holds, as its producer sent it",
        (
            _p("name", "text", "the facet's key; of one over 1,024 bytes its beginning and its SHA-256"),
            _p("json", "text", "its content as JSON; of one over 65,536 bytes a summary, the event has it whole"),
            _p("bytes", "integer", "its size, where it is only summarised"),
            _p("dataset", "text", "key of the dataset it is about, where it is a facet of an input or output"),
            _p("role", "text", "which of the two: input or output"),
        ),
        indexes=(("name", "key"),),
    ),
)

_EXTENT: Final = (
    _p("rowCount", "integer", "inputStatistics or outputStatistics facet"),
    _p("size", "integer", "bytes, by the same facet"),
    _p("fileCount", "integer", "files, by the same facet"),
    _p("subset", "text", "condition of the subset facet as JSON, at most 2,000 characters"),
)

_WIRED: Final = (
    _p("evidence", "text", "strongest evidence that any supporting event gave, see README"),
    _p("firstSeen", "time", "eventTime of the first proving event"),
    _p("lastSeen", "time", "eventTime of the last proving event"),
    _p("runs", "integer", "distinct runs that support it"),
    _p("events", "texts", "ids of the first and the last proving event"),
    _p("endedAt", "time", "start of the first later complete run or JobEvent without it; year 9999 while it stands"),
    _p("id", "text", "tells the edges between the same two apart: the same as saidBy, empty without"),
    _p(
        "saidBy",
        "text",
        "key of whose lineage facet says it of others; absent where a job says it of itself",
    ),
)

RELATIONSHIPS: Final = (
    Relationship(
        "FEEDS",
        (("Dataset", "Job"), ("Dataset", "Step"), ("Job", "Job"), ("Run", "Run")),
        "is an input of",
        _WIRED,
        ("design", "run"),
    ),
    Relationship("PRODUCES", (("Job", "Dataset"), ("Step", "Dataset")), "has as output", _WIRED, ("design",)),
    Relationship(
        "READ_BY",
        (("DatasetVersion", "Run"), ("DatasetVersion", "Step")),
        "was read by",
        (
            _p("evidence", "text", "why this input is taken to feed the outputs, see README"),
            _p("inferred", "flag", "the reader named no version: it is the newest one written before, see Laws"),
            _p("namedVersion", "text", "the version that the reader named, where another node stands for it"),
            _p("role", "text", "headwater_inputRole facet: train, validation, test ..."),
            *_EXTENT,
        ),
        ("run",),
    ),
    Relationship(
        "WROTE",
        (("Run", "DatasetVersion"), ("Step", "DatasetVersion")),
        "wrote",
        (
            _p("evidence", "text", "how the inputs of this output were decided, see README"),
            _p("change", "text", "lifecycleStateChange facet: ALTER, CREATE, DROP, OVERWRITE, RENAME or TRUNCATE"),
            _p("carries", "text", "the evidence that what was there before is still there, as of CARRIED_INTO"),
            *_EXTENT,
        ),
        ("run",),
    ),
    Relationship(
        "CARRIED_INTO",
        (("DatasetVersion", "DatasetVersion"),),
        "lives on in, since only something was added or changed",
        (
            _p("id", "text", "tells the edges between two versions apart: the key of the run that wrote the later one"),
            _p(
                "evidence",
                "text",
                "LIFECYCLE (ALTER), COMMIT_REPORT (append, delete, replace), SUBSET or STATEMENT",
            ),
            _p("saidBy", "text", "key of the run that wrote the later one"),
        ),
        ("run",),
    ),
    Relationship(
        "DERIVES",
        (("Column", "Column"),),
        "is a source of",
        (
            _p("id", "text", "tells the edges between two columns apart: job, kind of facet, type, subtype, masking"),
            _p("job", "text", "key of the job that says so; absent for a DatasetEvent"),
            _p("type", "text", "DIRECT or INDIRECT"),
            _p("subtype", "text", "IDENTITY, TRANSFORMATION, AGGREGATION, JOIN, FILTER ..."),
            _p("masking", "flag", "the transformation masks the value"),
            _p("description", "text", "what the latest facet that says it tells of the transformation"),
            _p("firstSeen", "time", "eventTime of the first event that says so"),
            _p("endedAt", "time", "eventTime since when a later facet no longer says so; year 9999 while it stands"),
        ),
        ("column",),
    ),
    Relationship(
        "ALIAS_OF",
        (("Dataset", "Dataset"),),
        "is another name of; written both ways",
        (
            _p("id", "text", "tells the edges between two datasets apart: the same as saidBy"),
            _p("saidBy", "text", "key of the dataset whose symlinks facet says so, or id of the alias rule"),
            _p("type", "text", "symlink type"),
        ),
        ("alias",),
    ),
    Relationship("HAS_COLUMN", (("Dataset", "Column"),), "has the column"),
    Relationship("VERSION_OF", (("DatasetVersion", "Dataset"),), "is a version of"),
    Relationship("RUN_OF", (("Run", "Job"),), "is a run of"),
    Relationship("PART_OF", (("Job", "Job"), ("Run", "Run")), "has as parent"),
    Relationship("HAS_ROOT", (("Run", "Run"),), "has as outermost parent"),
    Relationship(
        "TRIGGERS",
        (("Job", "Job"), ("Run", "Run")),
        "comes before, by control and not by data",
        (
            _p("id", "text", "tells the edges between the same two apart: the key of the job or run that says so"),
            _p("saidBy", "text", "key of the job or run that says so"),
            _p("type", "text", "DIRECT_INVOCATION, IMPLICIT_DEPENDENCY ..."),
            _p("sequenceRule", "text", "FINISH_TO_START, FINISH_TO_FINISH, START_TO_START ..."),
            _p("statusRule", "text", "EXECUTE_EVERY_TIME, EXECUTE_ON_SUCCESS, EXECUTE_ON_FAILURE ..."),
        ),
    ),
    Relationship("HAS_STEP", (("Job", "Step"), ("Run", "Step"), ("Dataset", "Step")), "consists of"),
    Relationship("USED_CODE", (("Run", "CodeVersion"), ("Job", "CodeVersion")), "ran this code"),
    Relationship("RAN_IN", (("Run", "Environment"),), "ran in"),
    Relationship("WITH_PARAMS", (("Run", "ParamSet"),), "ran with"),
    Relationship("MEASURED", (("Run", "Metric"),), "measured"),
    Relationship("DESCRIBES", (("Metric", "DatasetVersion"),), "was measured of"),
    Relationship("REPORTED", (("Run", "Assertion"),), "reported the outcome of"),
    Relationship("CHECKED", (("Assertion", "DatasetVersion"),), "checked"),
    Relationship("ABOUT", (("Assertion", "Column"),), "is about"),
    Relationship(
        "TAGGED",
        (("Run", "Tag"), ("Job", "Tag"), ("Dataset", "Tag"), ("Column", "Tag")),
        "has the tag",
        (_p("source", "text", "where the tag comes from: USER, SPARK, DBT CORE ..."),),
    ),
    Relationship(
        "HAS_FACET",
        (("Dataset", "Facet"), ("Job", "Facet"), ("Run", "Facet"), ("DatasetVersion", "Facet")),
        "has the facet",
    ),
)

LABEL_OF_KIND: Final = {kind: label.name for label in LABELS for kind in label.kinds}
"""The label of a node by the kind that its key begins with."""

FLOW: Final = {
    level: tuple(r.name for r in RELATIONSHIPS if level in r.flow) for level in ("design", "run", "column", "alias")
}
"""Relationship types that data flows along, by level; all point the way that data moves."""

EVIDENCE: Final = {
    "LINEAGE": "a lineage facet names it for that output",
    "COLUMN_LINEAGE": "the columnLineage facet of the output names it, and it is a declared input or output",
    "COLUMN": "only the columnLineage facet names it; the event does not list it as an input",
    "RENAMED": "the output continues it under another name, by its lifecycleStateChange facet",
    "UNNAMED_INPUT": "no columnLineage facet of the run names this input, so it feeds every output that has one",
    "ALL_INPUTS": "nothing says more than that the job read it and wrote the output",
}
"""Kinds of evidence, strongest first."""
