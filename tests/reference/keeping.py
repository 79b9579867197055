"""Facets kept as they are: all but those of which properties, nodes and edges hold everything."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from headwater_graph.keys import bounded, key, kind_of

from tests.reference.graph import Graph
from tests.reference.reading import Facet, entries, is_named, is_of_session, items, text
from tests.reference.registers import compact

LARGE = 65_536
"""Bytes of JSON up to which a facet is kept whole."""


@dataclass(frozen=True)
class Held:
    """What the graph holds of a facet elsewhere."""

    paths: frozenset[tuple[str, ...]]
    """Ways to members, through lists as if they were not there; ``*`` is any member. All that is below is held, too."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Longest text of a member that is held."""


def _held(said: str, limits: Mapping[str, int] | None = None) -> Held:
    """Return what a text names: ``tags(key value)`` are members of a member."""
    paths: set[tuple[str, ...]] = set()
    above: list[tuple[str, ...]] = [()]
    last: tuple[str, ...] = ()
    for word in said.replace("(", " ( ").replace(")", " ) ").split():
        if word == "(":
            above.append(last)
            paths.discard(last)
        elif word == ")":
            above.pop()
        else:
            last = (*above[-1], word)
            paths.add(last)
    return Held(frozenset(paths), limits or {})


_DEPENDENCY = "job run dependency_type type sequence_trigger_rule status_trigger_rule"
_ASSERTIONS = _held("assertions(assertion column success severity expected actual)")
_STATISTICS = _held("rowCount size fileCount")
_OWNERSHIP = _held("owners(name)")
_DESCRIPTION = _held("description")
_PARENT = _held("run job root")
_VERSION = _held("datasetVersion")
_INPUT = "(namespace name field transformations(type subtype description masking))"
_COLUMNS = _held(f"fields(*(inputFields{_INPUT} transformationType transformationDescription)) dataset{_INPUT}")
LONGEST = 2_000
"""Characters of a description of how columns derive that an edge holds."""

HELD = {
    "dataset": {
        "schema": _held("fields(name type ordinal_position)"),
        "datasetType": _held("datasetType subType"),
        "documentation": _DESCRIPTION,
        "ownership": _OWNERSHIP,
        "symlinks": _held("identifiers(namespace name type)"),
        "dataSource": _held("name uri"),
        "storage": _held("storageLayer fileFormat"),
        "catalog": _held("name type"),
        "hierarchy": _held("hierarchy(type name)"),
        "tags": _held("tags(key value source field)"),
        "version": _VERSION,
        "columnLineage": _COLUMNS,
    },
    "job": {
        "jobType": _held(
            "jobType integration processingType emissionPattern(eventTrigger eventContentMode windowDuration)"
        ),
        "documentation": _DESCRIPTION,
        "ownership": _OWNERSHIP,
        "sql": _held("query dialect", {"query": 10_000}),
        "tags": _held("tags(key value source)"),
        "lineage": _held("entries(namespace name type inputs fields runId)"),
    },
    "run": {
        "parent": _PARENT,
        "parentRun": _PARENT,
        "nominalTime": _held("nominalStartTime nominalEndTime"),
        "errorMessage": _held("message", {"message": 2_000}),
        "processing_engine": _held("name version"),
        "executionParameters": _held("parameters(key value)"),
        "externalQuery": _held("externalQueryId source"),
        "environmentVariables": _held("environmentVariables(name value)"),
        "tags": _held("tags(key value source)"),
        "test": _held("tests(name status severity expected actual type)"),
        "jobDependencies": _held(f"upstream({_DEPENDENCY}) downstream({_DEPENDENCY})"),
        "headwater_seeds": _held("seeds"),
        "headwater_environment": _held("python os lockSha256 image hardware packages(name version)"),
        "headwater_codeState": _held("dirty diffSha256"),
        "headwater_metrics": _held("metrics(name value split step)"),
    },
    "input": {
        "version": _VERSION,
        "headwater_inputRole": _held("role"),
        "dataQualityAssertions": _ASSERTIONS,
        "greatExpectations_assertions": _held("assertions(expectationType column success)"),
        "inputStatistics": _STATISTICS,
        "subset": _held("inputCondition", {"inputCondition": 2_000}),
        "dataQualityMetrics": _held("rowCount bytes fileCount columnMetrics"),
    },
    "output": {
        "version": _VERSION,
        "columnLineage": _COLUMNS,
        "lineage": _held("inputs fields"),
        "lifecycleStateChange": _held("lifecycleStateChange previousIdentifier"),
        "dataQualityMetrics": _held("rowCount bytes fileCount columnMetrics"),
        "outputStatistics": _STATISTICS,
        "subset": _held("outputCondition", {"outputCondition": 2_000}),
    },
}
"""By the kind of the owner, or the role of the dataset that the facet tells of."""


def is_kept(kind: str, name: str, content: Facet) -> bool:
    """Return whether a facet says something that the graph does not hold elsewhere."""
    held = HELD[kind].get(name)
    if held is None:
        return True
    if any(not _covered(held, path) for path in _said(content)):
        return True
    if any(_length(content.get(member)) > limit for member, limit in held.limits.items()):
        return True
    return name in _MORE and _MORE[name](content)


def _said(value: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the way to everything that a value says."""
    if isinstance(value, dict):
        for name, one in value.items():
            if not name.startswith("_"):
                yield from _said(one, (*path, name))
    elif isinstance(value, list):
        for one in value:
            yield from _said(one, path)
    elif value is not None and value != "":
        yield path


def _covered(held: Held, path: tuple[str, ...]) -> bool:
    return any(
        len(known) <= len(path) and all(k in (p, "*") for k, p in zip(known, path, strict=False))
        for known in held.paths
    )


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
