"""What Headwater takes out of the facets that it knows; each extractor raises `Malformed` with what is wrong.

Shapes: https://openlineage.io/spec/facets (versions of OpenLineage 1.54) and the schemas in ``headwater_graph/facets``.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import orjson

from headwater_collector.event_time import utc_time

JSON = Any
Extractor = Callable[[Mapping[str, JSON]], JSON]


class Malformed(ValueError):
    """A facet without the shape that its projection needs; the facet is skipped and the event keeps a warning."""


def schema(facet: Mapping[str, JSON]) -> JSON:
    """Return ``[names, types]`` of the schema facet 1-2-0, nested fields with dots."""
    fields = _rows(facet, "fields")
    names: list[str] = []
    types: list[str] = []
    _fields(fields, "", names, types)
    return [names, types]


def _fields(fields: list[JSON], prefix: str, names: list[str], types: list[str]) -> None:
    for each in fields:
        if not isinstance(each, dict) or not _filled(each.get("name")):
            continue
        names.append(prefix + each["name"])
        types.append(each["type"] if isinstance(each.get("type"), str) else "")
        if isinstance(each.get("fields"), list):
            _fields(each["fields"], names[-1] + ".", names, types)


def schema_says_more(facet: Mapping[str, JSON]) -> bool:
    """Return whether a schema facet holds more than names and types, so that it is worth keeping whole."""
    known = {"name", "type", "ordinal_position"}
    fields = facet.get("fields")
    return isinstance(fields, list) and any(isinstance(f, dict) and not known >= f.keys() for f in fields)


def dataset_type(facet: Mapping[str, JSON]) -> JSON:
    """Return ``[datasetType, subType]`` of the datasetType facet 1-0-1."""
    return [_text(facet, "datasetType"), _optional(facet, "subType")]


def documentation(facet: Mapping[str, JSON]) -> JSON:
    """Return the description of the documentation facet 1-1-0."""
    return _text(facet, "description")


def ownership(facet: Mapping[str, JSON]) -> JSON:
    """Return the owners' names of the ownership facet 1-0-1."""
    return [o["name"] for o in _rows(facet, "owners") if isinstance(o, dict) and _filled(o.get("name"))]


def symlinks(facet: Mapping[str, JSON]) -> JSON:
    """Return ``[[namespace, name, type]]`` of the symlinks facet 1-0-1."""
    found = {
        (i["namespace"], i["name"]): _optional(i, "type")
        for i in _rows(facet, "identifiers")
        if isinstance(i, dict) and _filled(i.get("namespace")) and _filled(i.get("name"))
    }
    return [[namespace, name, found[namespace, name]] for namespace, name in sorted(found)]


def job_type(facet: Mapping[str, JSON]) -> JSON:
    """Return ``[jobType, integration, processingType]`` of the jobType facet 2-0-4."""
    return [_optional(facet, name) for name in ("jobType", "integration", "processingType")]


def source_code(facet: Mapping[str, JSON]) -> JSON:
    """Return what the sourceCodeLocation facet 1-1-0 says of the code's state."""
    repository = _optional(facet, "repoUrl") or _optional(facet, "url")
    said = {"repository": repository, **{n: _optional(facet, n) for n in ("version", "branch", "tag", "path")}}
    return {name: value for name, value in said.items() if value}


def nominal_time(facet: Mapping[str, JSON]) -> JSON:
    """Return ``[start, end]`` of the nominalTime facet 1-0-1."""
    return [_time(facet.get(name)) for name in ("nominalStartTime", "nominalEndTime")]


def error_message(facet: Mapping[str, JSON]) -> JSON:
    """Return the message of the errorMessage facet 1-0-1, at most 2,000 characters."""
    return _text(facet, "message")[:2000]


def processing_engine(facet: Mapping[str, JSON]) -> JSON:
    """Return name and version of the processing_engine facet 1-1-1."""
    return " ".join(filter(None, (_optional(facet, "name"), _optional(facet, "version"))))


def parameters(facet: Mapping[str, JSON]) -> JSON:
    """Return ``key=value`` of the executionParameters facet 1-0-0, sorted."""
    found = [
        (_optional(p, "key") or _optional(p, "name"), _plain(p.get("value")))
        for p in _rows(facet, "parameters")
        if isinstance(p, dict)
    ]
    return [f"{name}={value}" for name, value in sorted({each for each in found if each[0]})]


def parent(facet: Mapping[str, JSON]) -> JSON:
    """Return ``[run id, job namespace, job name]`` of the parent facet 1-2-0."""
    run, job = facet.get("run"), facet.get("job")
    if not isinstance(run, dict) or not isinstance(job, dict):
        raise Malformed("run and job: must be objects")
    run_id = run.get("runId")
    found = [str(run_id) if _number(run_id) else run_id, job.get("namespace"), job.get("name")]
    if not all(map(_filled, found)):
        raise Malformed("run.runId, job.namespace, job.name: must be texts")
    return found


def seeds(facet: Mapping[str, JSON]) -> JSON:
    """Return ``name=value`` of the headwater_seeds facet, sorted."""
    return _pairs(facet, "seeds")


def environment(facet: Mapping[str, JSON]) -> JSON:
    """Return the Environment's properties of the headwater_environment facet."""
    found: dict[str, JSON] = {name: _optional(facet, name) for name in ("python", "os", "lockSha256", "image")}
    packages = [p for p in _rows(facet, "packages") if isinstance(p, dict) and _filled(p.get("name"))]
    found["packages"] = sorted({"==".join(filter(None, (p["name"], _optional(p, "version")))) for p in packages})
    found["hardware"] = _pairs(facet, "hardware")
    return {name: value for name, value in found.items() if value}


def code_state(facet: Mapping[str, JSON]) -> JSON:
    """Return the CodeVersion's properties of the headwater_codeState facet."""
    diff = _optional(facet, "diffSha256")
    dirty = {"dirty": facet["dirty"]} if isinstance(facet.get("dirty"), bool) else {}
    return {**dirty, **({"diffSha256": diff} if diff else {})}


def metrics(facet: Mapping[str, JSON]) -> JSON:
    """Return ``[[name, value, split, step]]`` of the headwater_metrics facet."""
    found: dict[tuple[str, str, str], list[JSON]] = {}
    for row in _rows(facet, "metrics"):
        if isinstance(row, dict) and _filled(row.get("name")) and _number(row.get("value")):
            split = _optional(row, "split")
            step = row["step"] if _integer(row.get("step")) and row["step"] < 2**63 else None
            found[row["name"], split, str(step)] = [row["name"], float(row["value"]), split, step]
    return sorted(found.values(), key=lambda m: (m[0], m[2], str(m[3])))


def input_role(facet: Mapping[str, JSON]) -> JSON:
    """Return the role of the headwater_inputRole facet."""
    return _text(facet, "role")


def assertions(facet: Mapping[str, JSON]) -> JSON:
    """Return ``[[assertion, column, success, severity, expected, actual]]`` of dataQualityAssertions 1-1-0."""
    found: dict[tuple[str, str], list[JSON]] = {}
    for row in _rows(facet, "assertions"):
        if isinstance(row, dict) and _filled(row.get("assertion")) and isinstance(row.get("success"), bool):
            rest = [_optional(row, name) for name in ("severity", "expected", "actual")]
            column = _optional(row, "column")
            found[row["assertion"], column] = [row["assertion"], column, row["success"], *rest]
    return [found[name] for name in sorted(found)]


DATASET: Final[dict[str, Extractor]] = {
    "schema": schema,
    "datasetType": dataset_type,
    "documentation": documentation,
    "ownership": ownership,
    "symlinks": symlinks,
}
"""Dataset facets that become properties or edges; all others but those in `NOT_OF_DATASET` are kept whole."""

NOT_OF_DATASET: Final = {"version", "columnLineage", "lineage", "dataQualityAssertions"}
"""Dataset facets that belong to a run's or job's access, not to the dataset."""

JOB: Final[dict[str, Extractor]] = {"jobType": job_type, "documentation": documentation, "ownership": ownership}

RUN: Final[dict[str, Extractor]] = {
    "nominalTime": nominal_time,
    "errorMessage": error_message,
    "processing_engine": processing_engine,
    "executionParameters": parameters,
    "headwater_seeds": seeds,
    "headwater_environment": environment,
    "headwater_codeState": code_state,
    "headwater_metrics": metrics,
}

ALSO_KEPT: Final[dict[str, Callable[[Mapping[str, JSON]], bool]]] = {
    "schema": schema_says_more,
    "errorMessage": lambda facet: "stackTrace" in facet,
    "processing_engine": lambda facet: True,
    "headwater_seeds": lambda facet: True,
}
"""Projected facets that are kept whole too, and when."""


def _text(facet: Mapping[str, JSON], name: str) -> str:
    value = facet.get(name)
    if not isinstance(value, str):
        raise Malformed(f"{name}: must be a text")
    return value


def _optional(facet: Mapping[str, JSON], name: str) -> str:
    value = facet.get(name)
    return value if isinstance(value, str) else ""


def _filled(value: JSON) -> bool:
    return isinstance(value, str) and value != ""


def _number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: JSON) -> str:
    if isinstance(value, str) or value is None:
        return value or ""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def _pairs(facet: Mapping[str, JSON], name: str) -> list[str]:
    values = facet.get(name)
    if not isinstance(values, dict | None):
        raise Malformed(f"{name}: must be an object")
    simple = {k: v for k, v in (values or {}).items() if isinstance(v, str) or _integer(v)}
    return [f"{key}={simple[key]}" for key in sorted(simple)]


def _rows(facet: Mapping[str, JSON], name: str) -> list[JSON]:
    rows = facet.get(name)
    if not isinstance(rows, list | None):
        raise Malformed(f"{name}: must be a list")
    return rows or []


def _integer(value: JSON) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _time(value: JSON) -> str:
    with suppress(ValueError):
        return utc_time(value)[0] if isinstance(value, str) else ""
    return ""
