"""Run facets: what Headwater takes out of each, raising `Malformed` with what is wrong, and their fates.

Shapes: https://openlineage.io/spec/facets (versions of OpenLineage 1.54) and the schemas in ``headwater_graph/facets``.
"""

from typing import Final

from headwater_collector.projection import field_kinds as kinds
from headwater_collector.projection.fates import Fate, same
from headwater_collector.projection.schema_facet import TRINO_QUERY
from headwater_collector.projection.tags import TAG, tags
from headwater_collector.projection.values import (
    JSON,
    Facet,
    Malformed,
    as_text,
    counted,
    inner,
    integer_of,
    is_filled,
    is_number,
    optional_text,
    pairs_of,
    plain_text,
    rows_of,
    text_of,
    time_of,
)

MAX_ERROR: Final = 2000
"""Characters of an error that a run shows."""

_PASSED: Final = {"pass", "passed", "success", "succeeded", "ok", "true"}


def nominal_time(facet: Facet) -> JSON:
    """Return ``[start, end]`` of the nominalTime facet 1-0-1."""
    return [time_of(facet.get(name)) for name in ("nominalStartTime", "nominalEndTime")]


def error_message(facet: Facet) -> JSON:
    """Return the message of the errorMessage facet 1-0-1, at most `MAX_ERROR` characters."""
    return text_of(facet, "message")[:MAX_ERROR]


def spark_exception(facet: Facet) -> JSON:
    """Return the message of Spark's facet spark.exception, at most `MAX_ERROR` characters."""
    return optional_text(facet, "message")[:MAX_ERROR]


def extraction_error(facet: Facet) -> JSON:
    """Return how many tasks the extractionError facet 1-1-2 says that OpenLineage failed to read."""
    return counted(facet, "failedTasks")


def external_query(facet: Facet) -> JSON:
    """Return ``source:id`` of the externalQuery facet 1-0-2, the id alone without a source."""
    query = optional_text(facet, "externalQueryId")
    return ":".join(filter(None, (optional_text(facet, "source"), query))) if query else ""


def environment_variables(facet: Facet) -> JSON:
    """Return ``name=value`` of the environmentVariables facet 1-0-0, sorted."""
    rows = [row for row in rows_of(facet, "environmentVariables") if is_filled(row.get("name"))]
    return sorted({f"{row['name']}={as_text(row.get('value'))}" for row in rows})


def processing_engine(facet: Facet) -> JSON:
    """Return name and version of the processing_engine facet 1-1-1."""
    return " ".join(filter(None, (optional_text(facet, "name"), optional_text(facet, "version"))))


def parameters(facet: Facet) -> JSON:
    """Return ``key=value`` of the executionParameters facet 1-0-0, sorted."""
    rows = rows_of(facet, "parameters")
    found = {(optional_text(p, "key") or optional_text(p, "name"), as_text(p.get("value"))) for p in rows}
    return [f"{name}={value}" for name, value in sorted(found) if name]


def parent(facet: Facet) -> JSON:
    """Return ``[run id, job namespace, job name]`` of the parent facet 1-2-0, or of its root."""
    run, job = facet.get("run"), facet.get("job")
    if not isinstance(run, dict) or not isinstance(job, dict):
        raise Malformed("run and job: must be objects")
    found = [plain_text(run.get("runId")), job.get("namespace"), job.get("name")]
    if not all(map(is_filled, found)):
        raise Malformed("run.runId, job.namespace, job.name: must be texts")
    return found


def dependencies(facet: Facet) -> JSON:
    """Return ``[direction, namespace, name, run id, type, sequence rule, status rule]`` of jobDependencies 1-0-1.

    Direction ``<`` is upstream and comes first; the documentation writes ``type`` where the schema has dependency_type.
    """
    sides = (("<", rows_of(facet, "upstream")), (">", rows_of(facet, "downstream")))
    return [found for direction, rows in sides for row in rows if (found := _dependency(direction, row))]


def _dependency(direction: str, row: Facet) -> list[str] | None:
    job = inner(row, "job")
    if not (is_filled(job.get("namespace")) and is_filled(job.get("name"))):
        return None
    type_ = optional_text(row, "dependency_type") or optional_text(row, "type")
    rules = [optional_text(row, name) for name in ("sequence_trigger_rule", "status_trigger_rule")]
    return [direction, job["namespace"], job["name"], plain_text(inner(row, "run").get("runId")), type_, *rules]


def tests(facet: Facet) -> JSON:
    """Return ``[name, success, status, severity, expected, actual, type]`` of the test facet 1-0-1."""
    found: dict[str, list[JSON]] = {}
    for row in rows_of(facet, "tests"):
        name, status = row.get("name"), row.get("status")
        if isinstance(name, str) and name and isinstance(status, str):
            rest = [optional_text(row, part) for part in ("severity", "expected", "actual", "type")]
            found[name] = [name, status.lower() in _PASSED, status, *rest]
    return [found[name] for name in sorted(found)]


def airflow(facet: Facet) -> JSON:
    """Return ``[try number, map index, DAG run id]`` of Airflow's facet airflow."""
    task = inner(facet, "taskInstance")
    return [integer_of(task, "try_number"), counted(task, "map_index"), optional_text(inner(facet, "dagRun"), "run_id")]


def seeds(facet: Facet) -> JSON:
    """Return ``name=value`` of the headwater_seeds facet, sorted."""
    return pairs_of(facet, "seeds")


def environment(facet: Facet) -> JSON:
    """Return the Environment's properties of the headwater_environment facet."""
    found: dict[str, JSON] = {name: optional_text(facet, name) for name in ("python", "os", "lockSha256", "image")}
    packages = [p for p in rows_of(facet, "packages") if is_filled(p.get("name"))]
    found["packages"] = sorted({"==".join(filter(None, (p["name"], optional_text(p, "version")))) for p in packages})
    found["hardware"] = pairs_of(facet, "hardware")
    return {name: value for name, value in found.items() if value}


def code_state(facet: Facet) -> JSON:
    """Return the CodeVersion's properties of the headwater_codeState facet."""
    diff = optional_text(facet, "diffSha256")
    dirty = {"dirty": facet["dirty"]} if isinstance(facet.get("dirty"), bool) else {}
    return {**dirty, **({"diffSha256": diff} if diff else {})}


def metrics(facet: Facet) -> JSON:
    """Return ``[[name, value, split, step]]`` of the headwater_metrics facet."""
    found: dict[tuple[str, str, str], list[JSON]] = {}
    for row in rows_of(facet, "metrics"):
        if is_filled(row.get("name")) and is_number(row.get("value")):
            split, step = optional_text(row, "split"), integer_of(row, "step")
            found[row["name"], split, str(step)] = [row["name"], float(row["value"]), split, step]
    return sorted(found.values(), key=lambda m: (m[0], m[2], str(m[3])))


_PARENT: Final = {
    "run": "(:Run)-[:PART_OF]->(:Run)",
    "job": "(:Job)-[:PART_OF]->(:Job)",
    "root": "(:Run)-[:HAS_ROOT]->(:Run)",
}
_DEPENDENCY: Final = {
    "job": "(:Job)-[:TRIGGERS]->(:Job)",
    "run": "(:Run)-[:TRIGGERS]->(:Run)",
    "dependency_type": "TRIGGERS.type",
    "type": "TRIGGERS.type",
    "sequence_trigger_rule": "TRIGGERS.sequenceRule",
    "status_trigger_rule": "TRIGGERS.statusRule",
}
_DEPENDENCIES: Final = {f"{s}[].{name}": into for s in ("upstream", "downstream") for name, into in _DEPENDENCY.items()}
_NOMINAL: Final = {"nominalStartTime": "Run.nominalStart", "nominalEndTime": "Run.nominalEnd"}
_AIRFLOW: Final = {
    "taskInstance.try_number": "Run.tryNumber",
    "taskInstance.map_index": "Run.mapIndex",
    "dagRun.run_id": "Run.dagRunId",
}
_VARIABLES: Final = {f"environmentVariables[].{name}": "Run.environmentVariables" for name in ("name", "value")}
_PARAMETERS: Final = {f"parameters[].{name}": "ParamSet.params" for name in ("key", "value")}
_QUERY: Final = dict.fromkeys(("externalQueryId", "source"), "Run.externalQuery")
_TESTS: Final = same("Assertion", "name status severity type expected actual", "tests[].")
_ENVIRONMENT: Final = {
    **same("Environment", "python os lockSha256 image hardware"),
    "packages[].name": "Environment.packages",
    "packages[].version": "Environment.packages",
}
_ENGINE: Final = dict.fromkeys(("name", "version"), "Run.engine")
_ERROR: Final = {"message": "Run.error"}

FATES: Final = (
    Fate("run", "parent", "ParentRunFacet", _PARENT, kinds.PARENT, parent),
    Fate("run", "parentRun", "ParentRunFacet by its old key", _PARENT, kinds.PARENT, parent),
    Fate("run", "nominalTime", "NominalTimeRunFacet", _NOMINAL, kinds.NOMINAL, nominal_time),
    Fate("run", "errorMessage", "ErrorMessageRunFacet", _ERROR, extract=error_message, limits={"message": MAX_ERROR}),
    Fate(
        "run",
        "extractionError",
        "ExtractionErrorRunFacet",
        {"failedTasks": "Run.extractionErrors"},
        kinds.FAILED,
        extraction_error,
        "always",
    ),
    Fate("run", "externalQuery", "ExternalQueryRunFacet", _QUERY, kinds.QUERY, external_query),
    Fate("run", "processing_engine", "ProcessingEngineRunFacet", _ENGINE, extract=processing_engine),
    Fate(
        "run",
        "environmentVariables",
        "EnvironmentVariablesRunFacet",
        _VARIABLES,
        kinds.VARIABLES,
        environment_variables,
    ),
    Fate("run", "executionParameters", "ExecutionParametersRunFacet", _PARAMETERS, kinds.PARAMETERS, parameters),
    Fate("run", "jobDependencies", "JobDependenciesRunFacet", _DEPENDENCIES, kinds.DEPENDENCIES, dependencies),
    Fate("run", "tags", "TagsRunFacet", TAG, kinds.TAGS, tags),
    Fate("run", "test", "TestRunFacet", _TESTS, kinds.TESTS, tests),
    Fate("run", "spark.exception", "Spark", _ERROR, extract=spark_exception, kept="always"),
    Fate("run", "airflow", "Airflow", _AIRFLOW, kinds.AIRFLOW, airflow, "always"),
    Fate("run", TRINO_QUERY, "Trino", kept="always"),
    Fate("run", "headwater_seeds", "HeadwaterSeedsRunFacet", {"seeds": "Run.seeds"}, kinds.SEEDS, seeds),
    Fate("run", "headwater_environment", "HeadwaterEnvironmentRunFacet", _ENVIRONMENT, kinds.ENVIRONMENT, environment),
    Fate(
        "run",
        "headwater_codeState",
        "HeadwaterCodeStateRunFacet",
        same("CodeVersion", "dirty diffSha256"),
        kinds.CODE_STATE,
        code_state,
    ),
    Fate(
        "run",
        "headwater_metrics",
        "HeadwaterMetricsRunFacet",
        same("Metric", "name value split step", "metrics[]."),
        kinds.MEASURED,
        metrics,
    ),
)
