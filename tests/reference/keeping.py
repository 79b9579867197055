"""Facets kept as they are: all but those of which properties, nodes and edges hold everything.

What is not read because it is of another kind than it must be, or because its row lacks what it is known by, they do
not hold.
"""

from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from typing import Any

import orjson
from headwater_graph.keys import bounded, key, kind_of

from tests.reference.graph import Graph
from tests.reference.held import line, says_more
from tests.reference.reading import Facet, entries, is_named, is_of_session, items, text
from tests.reference.registers import compact

LARGE = 65_536
"""Bytes of JSON up to which a facet is kept whole."""

_ASSERTIONS = "assertions[](assertion:filled! column success:boolean! severity expected actual)"
_STATISTICS = "rowCount:integer size:integer fileCount:integer"
_OWNERSHIP = "owners[](name:filled!)"
_RUN = "run(runId:name facets(*:object))"
_RELATIVE = f"{_RUN} job(namespace:filled! name:filled! facets(*:object))"
_PARENT = f"{_RELATIVE} root({_RELATIVE})"
_DEPENDENCY = (
    "[](job:named!(namespace name) run(runId:name) dependency_type type sequence_trigger_rule status_trigger_rule)"
)
_VERSION = "datasetVersion:name"
_WAYS = "transformations[](type subtype description masking:boolean)"
_INPUT = f"[](namespace:filled! name:filled! field {_WAYS})"
_COLUMNS = f"fields(*(inputFields{_INPUT} transformationType transformationDescription)) dataset{_INPUT}"
_SOURCES = f"inputs[]:source(namespace name type field runId:name {_WAYS})"
_LINEAGE = f"{_SOURCES} fields(*({_SOURCES}))"
_TAGS = "tags[](key:filled! value:simple source{})"
_NUMBERS = " ".join(f"{name}:number" for name in ("nullCount", "distinctCount", "sum", "count", "min", "max"))
_METRICS = (
    f"rowCount:number bytes:number fileCount:number columnMetrics:telling(*({_NUMBERS} quantiles:telling(*:number)))"
)
LONGEST = 2_000
"""Characters of a description of how columns derive that an edge holds."""

_LINES = {
    "dataset": {
        "schema": "fields[](name:filled! type ordinal_position:integer)",
        "datasetType": "datasetType subType",
        "documentation": "description",
        "ownership": _OWNERSHIP,
        "symlinks": "identifiers[](namespace:filled! name:filled! type)",
        "dataSource": "name uri",
        "storage": "storageLayer fileFormat",
        "catalog": "name type",
        "hierarchy": "hierarchy[](type:filled! name:filled!)",
        "tags": _TAGS.format(" field"),
        "version": _VERSION,
        "columnLineage": _COLUMNS,
    },
    "job": {
        "jobType": "jobType integration processingType "
        "emissionPattern(eventTrigger eventContentMode windowDuration:integer)",
        "documentation": "description",
        "ownership": _OWNERSHIP,
        "sql": "query dialect",
        "tags": _TAGS.format(""),
        "lineage": f"entries[]:source(namespace name type runId:name {_LINEAGE})",
    },
    "run": {
        "parent": _PARENT,
        "parentRun": _PARENT,
        "nominalTime": "nominalStartTime:time nominalEndTime:time",
        "errorMessage": "message",
        "processing_engine": "name version",
        "executionParameters": "parameters[](key:filled! value:any)",
        "externalQuery": "externalQueryId:filled! source",
        "environmentVariables": "environmentVariables[](name:filled! value:any)",
        "tags": _TAGS.format(""),
        "test": "tests[](name:filled! status! severity expected actual type)",
        "jobDependencies": f"upstream{_DEPENDENCY} downstream{_DEPENDENCY}",
        "headwater_seeds": "seeds(*:pair)",
        "headwater_environment": "python os lockSha256 image hardware(*:pair) packages[](name:filled! version)",
        "headwater_codeState": "dirty:boolean diffSha256",
        "headwater_metrics": "metrics[](name:filled! value:number! split step:integer)",
    },
    "input": {
        "version": _VERSION,
        "headwater_inputRole": "role",
        "dataQualityAssertions": _ASSERTIONS,
        "greatExpectations_assertions": "assertions[](expectationType:filled! column success:boolean!)",
        "inputStatistics": _STATISTICS,
        "subset": "inputCondition:object",
        "dataQualityMetrics": _METRICS,
    },
    "output": {
        "version": _VERSION,
        "columnLineage": _COLUMNS,
        "lineage": _LINEAGE,
        "lifecycleStateChange": "lifecycleStateChange previousIdentifier(namespace:filled! name:filled!)",
        "dataQualityMetrics": _METRICS,
        "outputStatistics": _STATISTICS,
        "subset": "outputCondition:object",
    },
}
HELD = {kind: {name: line(said) for name, said in lines.items()} for kind, lines in _LINES.items()}
"""By the kind of the owner, or the role of the dataset that the facet tells of."""
LIMITS = {"query": 10_000, "message": 2_000, "inputCondition": 2_000, "outputCondition": 2_000}
"""Longest text of a member that is held."""


def is_kept(kind: str, name: str, content: Facet) -> bool:
    """Return whether a facet says something that the graph does not hold elsewhere."""
    held = HELD[kind].get(name)
    if held is None:
        return True
    if says_more(content, held) or any(_length(content.get(member)) > limit for member, limit in LIMITS.items()):
        return True
    return name in _MORE and _MORE[name](content)


def _length(value: object) -> int:
    if value is None:
        return 0
    return len(value) if isinstance(value, str) else len(compact(value))


def _names_session(symlinks: Facet) -> bool:
    return any(map(is_of_session, items(symlinks.get("identifiers"))))


def _is_more_than_wires(lineage: Facet) -> bool:
    """Return whether a job is named, whose run and transformations nothing holds, or a description is long."""
    targets = [entries(one) for one in (lineage, *items(lineage.get("entries")))]
    parts = [part for one in targets for part in (one, *map(entries, entries(one.get("fields")).values()))]
    sources = [entries(source) for part in parts for source in items(part.get("inputs"))]
    ways = [entries(way) for source in sources for way in items(source.get("transformations"))]
    return any(one.get("type") == "JOB" for one in (*targets, *sources)) or any(
        len(text(way.get("description")) or "") > LONGEST for way in ways
    )


def _is_in_another_order(schema: Facet) -> bool:
    said = [entries(one).get("ordinal_position") for one in items(schema.get("fields"))]
    return any(said[n] not in (None, n + 1) for n in range(len(said)))


def _leads_nowhere(change: Facet) -> bool:
    """Return whether a change names a dataset before it from which nothing flows."""
    before = change.get("previousIdentifier")
    renames = (text(change.get("lifecycleStateChange")) or "").upper() == "RENAME"
    return bool(before) and not (renames and is_named(before))


def _describes_more(columns: Facet) -> bool:
    """Return whether edges do not hold how columns derive: a long description, or one in each of the two forms."""
    fields = [entries(one) for one in entries(columns.get("fields")).values()]
    inputs = [(one, entries(each)) for one in fields for each in items(one.get("inputFields"))]
    every = [each for _, each in inputs] + [entries(each) for each in items(columns.get("dataset"))]
    said = [text(entries(way).get("description")) for each in every for way in items(each.get("transformations"))]
    said += [text(one.get("transformationDescription")) for one in fields]
    if any(len(one or "") > LONGEST for one in said):
        return True
    return any(text(one.get("transformationType")) and each.get("transformations") for one, each in inputs)


_MORE: Mapping[str, Callable[[Facet], bool]] = {
    "schema": _is_in_another_order,
    "symlinks": _names_session,
    "lineage": _is_more_than_wires,
    "lifecycleStateChange": _leads_nowhere,
    "columnLineage": _describes_more,
}
"""What else is held nowhere."""


def keep(graph: Graph, owner: str, current: Mapping[str, Facet]) -> None:
    """Add the facets of a node that are kept as they are."""
    for name, content in current.items():
        if is_kept(kind_of(owner), name, content):
            add_facet(graph, key("facet", owner, name), [owner], name, content)


def add_facet(
    graph: Graph,
    facet: str,
    owners: Iterable[str],
    name: str,
    content: Facet,
    dataset: str | None = None,
    role: str | None = None,
) -> None:
    """Add a facet as it was sent, or a summary of one that is too large."""
    data = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    more: dict[str, Any] = {"json": compact(content)}
    if len(data) > LARGE:
        told = {"_summary": True, "bytes": len(data), "sha256": sha256(data).hexdigest(), "keys": sorted(content)[:100]}
        more = {"json": compact(told), "bytes": len(data)}
    graph.add_node(facet, name=bounded(name), dataset=dataset, role=role, **more)
    for owner in owners:
        graph.add_edge("HAS_FACET", owner, facet)
