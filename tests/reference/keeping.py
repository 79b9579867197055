"""Facets kept as they are: all but those of which properties, nodes and edges hold everything."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson
from headwater_graph.keys import bounded, key, kind_of

from tests.reference.graph import Graph
from tests.reference.reading import Facet, entries, is_of_session, items
from tests.reference.registers import compact

LARGE = 65_536
"""Bytes of JSON up to which a facet is kept whole."""


@dataclass(frozen=True)
class Held:
    """What the graph holds of a facet elsewhere."""

    members: frozenset[str]
    elements: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Members that are lists of objects, with the members of those objects that are held."""
    limits: Mapping[str, int] = field(default_factory=dict)
    """Longest text of a member that is held."""


def _held(members: str, limits: Mapping[str, int] | None = None, **elements: str) -> Held:
    lists = {name: frozenset(said.split()) for name, said in elements.items()}
    return Held(frozenset(members.split()) | lists.keys(), lists, limits or {})


_DEPENDENCY = "job run dependency_type type sequence_trigger_rule status_trigger_rule"
_ASSERTIONS = _held("", assertions="assertion column success severity expected actual")
_STATISTICS = _held("rowCount size fileCount")
_OWNERSHIP = _held("", owners="name")
_DESCRIPTION = _held("description")
_PARENT = _held("run job root")

HELD = {
    "dataset": {
        "schema": _held("", fields="name type ordinal_position"),
        "datasetType": _held("datasetType subType"),
        "documentation": _DESCRIPTION,
        "ownership": _OWNERSHIP,
        "symlinks": _held("", identifiers="namespace name type"),
        "dataSource": _held("name uri"),
        "storage": _held("storageLayer fileFormat"),
        "catalog": _held("name type"),
        "hierarchy": _held("", hierarchy="type name"),
        "tags": _held("", tags="key value source field"),
    },
    "job": {
        "jobType": _held("jobType integration processingType emissionPattern"),
        "documentation": _DESCRIPTION,
        "ownership": _OWNERSHIP,
        "sql": _held("query dialect", {"query": 10_000}),
        "tags": _held("", tags="key value source"),
        "lineage": _held("", entries="namespace name type inputs fields runId"),
    },
    "run": {
        "parent": _PARENT,
        "parentRun": _PARENT,
        "nominalTime": _held("nominalStartTime nominalEndTime"),
        "errorMessage": _held("message", {"message": 2_000}),
        "processing_engine": _held("name version"),
        "executionParameters": _held("", parameters="key name value"),
        "externalQuery": _held("externalQueryId source"),
        "environmentVariables": _held("", environmentVariables="name value"),
        "tags": _held("", tags="key value source"),
        "test": _held("", tests="name status severity expected actual type"),
        "jobDependencies": _held("", upstream=_DEPENDENCY, downstream=_DEPENDENCY),
        "headwater_seeds": _held("seeds"),
        "headwater_environment": _held("python os lockSha256 image hardware", packages="name version"),
        "headwater_codeState": _held("dirty diffSha256"),
        "headwater_metrics": _held("", metrics="name value split step"),
    },
    "input": {
        "headwater_inputRole": _held("role"),
        "dataQualityAssertions": _ASSERTIONS,
        "greatExpectations_assertions": _held("", assertions="expectationType column success"),
        "inputStatistics": _STATISTICS,
        "subset": _held("inputCondition", {"inputCondition": 2_000}),
        "dataQualityMetrics": _held("rowCount bytes fileCount columnMetrics"),
    },
    "output": {
        "outputStatistics": _STATISTICS,
        "subset": _held("outputCondition", {"outputCondition": 2_000}),
    },
}
"""By the kind of the owner, or the role of the dataset that the facet tells of."""
NEVER_KEPT = {"version", "columnLineage"}
"""Dataset facets whose every word is in versions and columns."""


def is_kept(kind: str, name: str, content: Facet) -> bool:
    """Return whether a facet says something that the graph does not hold elsewhere."""
    if kind == "dataset" and name in NEVER_KEPT:
        return False
    held = HELD[kind].get(name)
    if held is None:
        return True
    if (kind, name) == ("dataset", "symlinks") and any(map(is_of_session, items(content.get("identifiers")))):
        return True
    if (kind, name) == ("job", "lineage") and _names_jobs(content):
        return True
    return _says_more(held, content)


def _says_more(held: Held, content: Facet) -> bool:
    if any(value for name, value in content.items() if name not in held.members and not name.startswith("_")):
        return True
    for name, known in held.elements.items():
        if any(value for one in items(content.get(name)) for m, value in entries(one).items() if m not in known):
            return True
    return any(_length(content.get(name)) > limit for name, limit in held.limits.items())


def _length(value: object) -> int:
    if isinstance(value, dict):
        return len(compact(value))
    return len(value) if isinstance(value, str) else 0


def _names_jobs(lineage: Facet) -> bool:
    for entry in map(entries, items(lineage.get("entries"))):
        parts = [entry, *map(entries, entries(entry.get("fields")).values())]
        if any(
            entries(one).get("type") == "JOB" for one in (entry, *(i for p in parts for i in items(p.get("inputs"))))
        ):
            return True
    return False


def keep(graph: Graph, owner: str, current: Mapping[str, Facet]) -> None:
    """Add the facets of a node that are kept as they are."""
    for name, content in current.items():
        if is_kept(kind_of(owner), name, content):
            add_facet(graph, key("facet", owner, name), [owner], name, content)


def add_facet(
    graph: Graph, facet: str, owners: Iterable[str], name: str, content: Facet, dataset: str | None = None
) -> None:
    """Add a facet as it was sent, or a summary of one that is too large."""
    data = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
    more: dict[str, Any] = {"json": compact(content)}
    if len(data) > LARGE:
        told = {"_summary": True, "bytes": len(data), "sha256": sha256(data).hexdigest(), "keys": sorted(content)[:100]}
        more = {"json": compact(told), "bytes": len(data)}
    graph.add_node(facet, name=bounded(name), dataset=dataset, **more)
    for owner in owners:
        graph.add_edge("HAS_FACET", owner, facet)
