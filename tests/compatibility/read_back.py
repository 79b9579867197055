"""Facets as a graph tells them: what is projected, put together again in the form of the facet."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any, Final

from headwater_graph.keys import dataset_key, job_key, key

from tests.compatibility.examples import NAMESPACE, RUN_ID, Example
from tests.reference.graph import Graph, Properties

Json = Any


@dataclass(frozen=True)
class Seen:
    """A graph, and whose facet is looked for in it."""

    graph: Graph
    example: Example

    @property
    def owner(self) -> str:
        """Return the key of the run, job or dataset whose facet it is."""
        keys = {"run": f"run|{RUN_ID}", "job": job_key(NAMESPACE, "job")}
        return keys.get(self.example.level) or dataset_key(NAMESPACE, "in" if self.example.level == "input" else "out")

    def properties(self, key: str) -> Properties:
        """Return the properties of a node."""
        return self.graph.nodes[key][1]

    def edges(self, *types: str) -> list[tuple[str, str, Properties]]:
        """Return source, target and properties of the edges of some types."""
        return [(s, t, properties) for (name, s, t, _), properties in self.graph.edges.items() if name in types]

    def identity(self, key: str) -> Json:
        """Return what identifies a dataset or job, as events say it."""
        return {name: self.properties(key)[name] for name in ("namespace", "name")}


def members(properties: Mapping[str, Any], **names: str) -> Json:
    """Return the members of a facet that properties of other names hold, as far as they are there."""
    return {member: properties[name] for member, name in names.items() if name in properties}


def _owned(seen: Seen, **names: str) -> Json:
    return members(seen.properties(seen.owner), **names)


def _owners(seen: Seen) -> Json:
    return {"owners": [{"name": name} for name in seen.properties(seen.owner)["owners"]]}


def _pairs(seen: Seen, member: str, first: str, second: str) -> Json:
    texts = (text.split("=", 1) for text in seen.properties(seen.owner)[member])
    return {member: [{first: one, second: other} for one, other in texts]}


def _job_type(properties: Properties) -> Json:
    found = members(properties, processingType="processing", integration="integration", jobType="type")
    names = {"eventTrigger": "eventTrigger", "eventContentMode": "contentMode", "windowDuration": "windowDuration"}
    pattern = members(properties, **names)
    return found | ({"emissionPattern": pattern} if pattern else {})


def _engine(properties: Properties) -> Json:
    name, _, version = properties["engine"].rpartition(" ")
    return {"name": name, "version": version}


def _query(seen: Seen) -> Json:
    source, _, query = seen.properties(seen.owner)["externalQuery"].partition(":")
    return {"source": source, "externalQueryId": query}


def _times(seen: Seen) -> Json:
    found = _owned(seen, nominalStartTime="nominalStart", nominalEndTime="nominalEnd")
    return {name: datetime.fromisoformat(time) for name, time in found.items()}


def _parent(seen: Seen) -> Json:
    found = {}
    for type_ in ("PART_OF", "HAS_ROOT"):
        for _, run in ((s, t) for s, t, _ in seen.edges(type_) if s == seen.owner):
            job = seen.properties(run)["jobKey"]
            found[type_] = {
                "run": _run(seen, run),
                "job": seen.identity(job) | _facets(jobType=_job_type, of=seen, key=job),
            }
    return found["PART_OF"] | ({"root": found["HAS_ROOT"]} if "HAS_ROOT" in found else {})


def _run(seen: Seen, key: str) -> Json:
    return {"runId": seen.properties(key)["runId"]} | _facets(processing_engine=_engine, of=seen, key=key)


def _facets(of: Seen, key: str, **readers: Callable[[Properties], Json]) -> Json:
    ((name, reader),) = readers.items()
    properties = of.properties(key)
    told = reader(properties) if {"engine", "type"} & properties.keys() else {}
    return {"facets": {name: told}} if told else {}


def _tags(seen: Seen) -> Json:
    found = []
    for owner, tag, edge in seen.edges("TAGGED"):
        field = {"field": seen.properties(owner)["field"]} if owner.startswith("column|") else {}
        found.append(members(seen.properties(tag), key="name", value="value") | members(edge, source="source") | field)
    return {"tags": found}


def _schema(seen: Seen) -> Json:
    properties = seen.properties(seen.owner)
    return {"fields": list(zip(properties["columns"], properties["columnTypes"], strict=True))}


def _code(seen: Seen, **names: str) -> Json:
    (code,) = {code for _, code, _ in seen.edges("USED_CODE")}
    return members(seen.properties(code), **names)


def _symlinks(seen: Seen) -> Json:
    links = [(t, edge) for s, t, edge in seen.edges("ALIAS_OF") if s == seen.owner]
    return {"identifiers": [seen.identity(other) | members(edge, type="type") for other, edge in links]}


def _version(seen: Seen) -> Json:
    named = [p for p in seen.graph.of_label("DatasetVersion").values() if "version" in p]
    (properties,) = named
    return members(properties, datasetVersion="version")


def _access(seen: Seen) -> Properties:
    read = seen.example.level == "input"
    ends = [(s if read else t, edge) for s, t, edge in seen.edges("READ_BY" if read else "WROTE")]
    (found,) = [edge for version, edge in ends if seen.properties(version)["datasetKey"] == seen.owner]
    return found


def _subset(seen: Seen) -> Json:
    return {f"{seen.example.level}Condition": json.loads(_access(seen)["subset"])}


def _statistics(seen: Seen) -> Json:
    return members(_access(seen), rowCount="rowCount", size="size", fileCount="fileCount")


def _change(seen: Seen) -> Json:
    if seen.example.alone:
        return {}
    (before,) = [s for s, _, edge in seen.edges("FEEDS") if edge["evidence"] == "RENAMED"]
    return members(_access(seen), lifecycleStateChange="change") | {"previousIdentifier": seen.identity(before)}


def _metrics(seen: Seen) -> Json:
    found: Json = {}
    for properties in seen.graph.of_label("Metric").values():
        column = properties.get("column")
        of = found if column is None else found.setdefault("columnMetrics", {}).setdefault(column, {})
        of[properties["name"]] = properties["value"]
    return found


def _checks(seen: Seen) -> Json:
    found = seen.graph.of_label("Assertion").values()
    return {"assertions": [members(p, assertion="name", column="column", success="success") for p in found]}


_WAY: Final = {"type": "", "subtype": "", "masking": False, "description": ""}
"""What is said of how a column derives from another, and what stands for nothing."""


def _derived(seen: Seen) -> Json:
    found = set()
    for source, target, edge in seen.edges("DERIVES"):
        column = seen.properties(source)
        way = tuple(edge.get(name, nothing) for name, nothing in _WAY.items())
        found.add((seen.properties(target)["field"], column["namespace"], column["name"], column["field"], *way))
    return {"columns": found}


def _fed(seen: Seen) -> Json:
    own = {s: t for s, t, edge in seen.edges("PRODUCES") if edge["evidence"] == "LINEAGE" and "saidBy" not in edge}
    said = [(s, t, edge) for s, t, edge in seen.edges("FEEDS") if edge["evidence"] == "LINEAGE"]
    fed = {(own[t], s) for s, t, edge in said if t in own and "saidBy" not in edge}
    fed |= {(t, s) for s, t, edge in said if t not in own or "saidBy" in edge}
    fed |= {(t, s) for s, t, edge in seen.edges("PRODUCES") if "saidBy" in edge}
    return {"inputs": fed} | _derived(seen)


READERS: Final[dict[str, Callable[[Seen], Json]]] = {
    "columnLineage": _derived,
    "dataQualityAssertions": _checks,
    "dataQualityMetrics": _metrics,
    "dataSource": partial(_owned, name="dataSource", uri="uri"),
    "datasetType": partial(_owned, datasetType="type", subType="subType"),
    "documentation": partial(_owned, description="description"),
    "environmentVariables": partial(_pairs, member="environmentVariables", first="name", second="value"),
    "errorMessage": partial(_owned, message="error"),
    "externalQuery": _query,
    "extractionError": partial(_owned, failedTasks="extractionErrors"),
    "hierarchy": partial(_pairs, member="hierarchy", first="type", second="name"),
    "jobType": lambda seen: _job_type(seen.properties(seen.owner)),
    "lifecycleStateChange": _change,
    "lineage": _fed,
    "nominalTime": _times,
    "outputStatistics": _statistics,
    "ownership": _owners,
    "parent": _parent,
    "processing_engine": lambda seen: _engine(seen.properties(seen.owner)),
    "schema": _schema,
    "sourceCode": partial(_code, language="language", sourceCode="sourceSha256"),
    "sourceCodeLocation": partial(_code, url="repository"),
    "sql": partial(_owned, query="sql", dialect="dialect"),
    "storage": partial(_owned, storageLayer="storageLayer", fileFormat="fileFormat"),
    "subset": _subset,
    "symlinks": _symlinks,
    "tags": _tags,
    "version": _version,
}
"""What puts a facet together again, by its key."""


def bare(value: Json) -> Json:
    """Return a facet without what tells who made it and by which schema, in it and in facets within."""
    if isinstance(value, dict):
        return {name: bare(one) for name, one in value.items() if not name.startswith("_")}
    return [bare(one) for one in value] if isinstance(value, list) else value


def _said_derived(facet: Json, target: str = "*") -> set[tuple[Any, ...]]:
    wide = [(target, one, "") for one in facet.get("dataset", [])]
    fields = facet.get("fields", {}).items()
    named = [(out, one, field.get("transformationDescription", "")) for out, field in fields for one in _inputs(field)]
    return {
        (out, one["namespace"], one["name"], one["field"], *transformation)
        for out, one, described in (*named, *wide)
        if one.get("type", "DATASET") == "DATASET"
        for transformation in _transformations(one, described)
    }


def _inputs(field: Json) -> Iterable[Json]:
    found: list[Json] = field.get("inputFields", field.get("inputs", []))
    return found


def _transformations(one: Json, described: str) -> list[tuple[Any, ...]]:
    said = one.get("transformations", []) or [{}]
    ways = ({**_WAY, **t, "description": t.get("description") or described} for t in said)
    return [tuple(way[name] for name in _WAY) for way in ways]


def _said_fed(seen: Seen, facet: Json) -> Json:
    own = {**seen.identity(seen.owner), "type": "DATASET"} if seen.example.level == "dataset" else {}
    entries = facet.get("entries", [{**own, **facet}])
    fed = {
        (_thing(entry), _thing(one))
        for entry in entries
        for one in (*entry.get("inputs", []), *(i for f in entry.get("fields", {}).values() for i in f["inputs"]))
    }
    fed |= {
        (key("run", entry["runId"]), key("run", one["runId"]))
        for entry in entries
        for one in entry.get("inputs", [])
        if entry["type"] == one["type"] == "JOB" and "runId" in entry and "runId" in one
    }
    by_own_job = {(target, source) for target, source in fed if source == job_key(NAMESPACE, "job")}
    of_data = [entry for entry in entries if entry["type"] == "DATASET"]
    return {"inputs": fed - by_own_job, "columns": {row for entry in of_data for row in _said_derived(entry)}}


def _thing(said: Json) -> str:
    """Return the key of what an entry or source of a lineage facet names, without names the event's own job."""
    if said["type"] == "DATASET":
        return dataset_key(said["namespace"], said["name"])
    return job_key(said.get("namespace", NAMESPACE), said.get("name", "job"))


def _flat(fields: Json, before: str = "") -> list[tuple[str, str]]:
    return [
        pair
        for field in fields
        for pair in (
            (f"{before}{field['name']}", field["type"]),
            *_flat(field.get("fields", []), f"{before}{field['name']}."),
        )
    ]


SAID: Final[dict[str, Callable[[Seen, Json], Json]]] = {
    "columnLineage": lambda _, facet: {"columns": _said_derived(facet)},
    "lineage": _said_fed,
    "nominalTime": lambda _, facet: {name: datetime.fromisoformat(time) for name, time in facet.items()},
    "schema": lambda _, facet: {"fields": _flat(facet["fields"])},
    "sourceCode": lambda _, facet: {**facet, "sourceCode": sha256(facet["sourceCode"].encode()).hexdigest()},
}
"""Facets that the graph holds in another form, in that form."""
