"""What the fields of facets must be to be read, where they are no texts; fields without which a row is not read."""

from typing import Final

from headwater_collector.projection.kinds import (
    ANY,
    BOOLEAN,
    INTEGER,
    NAME,
    NUMBER,
    OBJECT,
    SIMPLE,
    TEXT,
    TEXT_OR_INTEGER,
    TEXT_OR_NUMBER,
    TIME,
    Kind,
    needed,
)
from headwater_collector.projection.values import JSON, is_filled

Kinds = dict[str, Kind]


def _below(path: str, kinds: Kinds) -> Kinds:
    """Return the kinds of fields that stand below another."""
    return {f"{path}{name}": kind for name, kind in kinds.items()}


def _is_named(value: JSON) -> bool:
    return OBJECT.reads(value) and is_filled(value.get("namespace")) and is_filled(value.get("name"))


def _is_end(value: JSON) -> bool:
    return OBJECT.reads(value) and (value.get("type") == "JOB" or (value.get("type") == "DATASET" and _is_named(value)))


_NAMES: Final = Kind("an object with namespace and name", _is_named)
_END: Final = Kind("a DATASET with namespace and name, or a JOB", _is_end)
"""What flows into another in a lineage facet; one with a job is kept whole, named or not."""
_THING: Final = {"namespace": NAME, "name": NAME}
_TRANSFORMATIONS: Final = {f"transformations[].{name}": TEXT for name in ("type", "subtype", "description")} | {
    "transformations[].masking": BOOLEAN
}

# Of datasets
FIELDS: Final = {"fields[].name": NAME, "fields[].ordinal_position": INTEGER}
OWNERS: Final = {"owners[].name": NAME}
IDENTIFIERS: Final = _below("identifiers[].", _THING)
LEVELS: Final = {"hierarchy[].type": NAME, "hierarchy[].name": NAME}
TAGS: Final = {"tags[].key": NAME, "tags[].value": SIMPLE}
VERSION: Final = {"datasetVersion": TEXT_OR_NUMBER}
ANYTHING: Final = {"*": ANY}

_COLUMN: Final = {**_THING, "field": TEXT, **_TRANSFORMATIONS}
COLUMNS: Final = {
    **_below("fields.*.inputFields[].", _COLUMN),
    "fields.*.transformationType": TEXT,
    "fields.*.transformationDescription": TEXT,
    **_below("dataset[].", _COLUMN),
}
_SOURCE: Final = {
    "": _END,
    **dict.fromkeys((".namespace", ".name", ".type", ".field"), TEXT),
    ".runId": TEXT_OR_NUMBER,
    **_below(".", _TRANSFORMATIONS),
}
SOURCES: Final = {**_below("inputs[]", _SOURCE), **_below("fields.*.inputs[]", _SOURCE)}

# Of inputs and outputs
ASSERTIONS: Final = {"assertions[].assertion": NAME, "assertions[].success": needed(BOOLEAN)}
EXPECTATIONS: Final = {"assertions[].expectationType": NAME, "assertions[].success": needed(BOOLEAN)}
_OF_COLUMN: Final = ("nullCount", "distinctCount", "sum", "count", "min", "max", "quantiles.*")
_NAMED: Final = Kind("an object with names that are not empty", lambda value: OBJECT.reads(value) and "" not in value)
METRICS: Final = {
    **dict.fromkeys(("rowCount", "bytes", "fileCount"), NUMBER),
    "columnMetrics": _NAMED,
    **{f"columnMetrics.*.{name}": NUMBER for name in _OF_COLUMN},
    "columnMetrics.*.quantiles": _NAMED,
}
STATISTICS: Final = dict.fromkeys(("rowCount", "size", "fileCount"), INTEGER)
INPUT_CONDITION: Final = {"inputCondition": OBJECT}
OUTPUT_CONDITION: Final = {"outputCondition": OBJECT}
SNAPSHOT: Final = {"snapshotId": TEXT_OR_NUMBER}
PREVIOUS: Final = _below("previousIdentifier.", _THING)

# Of jobs
JOB_TYPE: Final = {"emissionPattern.windowDuration": INTEGER}
ENTRIES: Final = {
    "entries[]": _END,
    **dict.fromkeys(("entries[].namespace", "entries[].name", "entries[].type"), TEXT),
    "entries[].runId": TEXT_OR_NUMBER,
    **_below("entries[].", SOURCES),
}

# Of runs
_FACETS: Final = {"facets.*": OBJECT}
_RUN: Final = {"runId": TEXT_OR_NUMBER}
_RELATIVE: Final = {**_below("run.", {**_RUN, **_FACETS}), **_below("job.", {**_THING, **_FACETS})}
PARENT: Final = {**_RELATIVE, **_below("root.", _RELATIVE)}
_DEPENDENCY: Final = {"job": needed(_NAMES), **_below("job.", _THING), **_below("run.", _RUN)}
DEPENDENCIES: Final = {**_below("upstream[].", _DEPENDENCY), **_below("downstream[].", _DEPENDENCY)}
NOMINAL: Final = {"nominalStartTime": TIME, "nominalEndTime": TIME}
QUERY: Final = {"externalQueryId": NAME}
VARIABLES: Final = {"environmentVariables[].name": NAME, "environmentVariables[].value": ANY}
PARAMETERS: Final = {"parameters[].key": NAME, "parameters[].value": ANY}
FAILED: Final = {"failedTasks": INTEGER}
TESTS: Final = {"tests[].name": NAME, "tests[].status": needed(TEXT)}
AIRFLOW: Final = {"taskInstance.try_number": INTEGER, "taskInstance.map_index": INTEGER}
SEEDS: Final = {"seeds.*": TEXT_OR_INTEGER}
ENVIRONMENT: Final = {"packages[].name": NAME, "hardware.*": TEXT_OR_INTEGER}
CODE_STATE: Final = {"dirty": BOOLEAN}
MEASURED: Final = {"metrics[].name": NAME, "metrics[].value": needed(NUMBER), "metrics[].step": INTEGER}
