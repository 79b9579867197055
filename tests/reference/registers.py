"""Registers: the latest well-formed facet of a name, what makes one malformed, and which ones are kept as they are."""

import json
from collections.abc import Iterable

from tests.reference.reading import Facet, Token, entries, is_deleted, is_named, is_run_id, items, text

LISTS = {
    "schema": ["fields"],
    "symlinks": ["identifiers"],
    "ownership": ["owners"],
    "lineage": ["entries", "inputs"],
    "dataQualityAssertions": ["assertions"],
    "greatExpectations_assertions": ["assertions"],
    "executionParameters": ["parameters"],
    "headwater_metrics": ["metrics"],
    "headwater_environment": ["packages"],
    "columnLineage": ["dataset"],
    "tags": ["tags"],
    "test": ["tests"],
    "environmentVariables": ["environmentVariables"],
    "hierarchy": ["hierarchy"],
    "jobDependencies": ["upstream", "downstream"],
}
"""Members that are lists, if they are there."""
OBJECTS = {
    "columnLineage": ["fields"],
    "lineage": ["fields"],
    "headwater_seeds": ["seeds"],
    "headwater_environment": ["hardware"],
    "dataQualityMetrics": ["columnMetrics"],
}
"""Members that are objects, if they are there."""
TEXTS = {
    "datasetType": "datasetType",
    "documentation": "description",
    "errorMessage": "message",
    "headwater_inputRole": "role",
    "sql": "query",
}
"""Members that must be texts."""

CHANGES = ("ALTER", "CREATE", "DROP", "OVERWRITE", "RENAME", "TRUNCATE")
"""What a lifecycleStateChange facet can say."""


def is_malformed(name: str, content: Facet) -> bool:
    """Return whether a facet cannot be read as what its name says."""
    if any(content.get(member) is not None and not isinstance(content[member], list) for member in LISTS.get(name, ())):
        return True
    if any(
        content.get(member) is not None and not isinstance(content[member], dict) for member in OBJECTS.get(name, ())
    ):
        return True
    if name in ("parent", "parentRun"):
        return not is_reference(content)
    if name == "lifecycleStateChange":
        return (text(content.get(name)) or "").upper() not in CHANGES
    return name in TEXTS and not isinstance(content.get(TEXTS[name]), str)


def is_reference(content: object) -> bool:
    """Return whether an object names a run and its job, as a parent facet and its root do."""
    said = entries(content)
    return is_run_id(entries(said.get("run")).get("runId")) and is_named(said.get("job"))


def latest(said: Iterable[tuple[Token, Facet]], name: str, *, deletable: bool = True) -> Facet | None:
    """Return the content of a register: of all that was said of this facet, the one with the greatest token."""
    valid = [(at, content) for at, content in said if _counts(name, content, deletable)]
    if not valid:
        return None
    content = max(valid, key=lambda one: one[0])[1]
    return None if deletable and is_deleted(content) else content


def _counts(name: str, content: Facet, deletable: bool) -> bool:
    return (deletable and is_deleted(content)) or not is_malformed(name, content)


def registers(said: Iterable[tuple[Token, str, Facet]], *, deletable: bool = True) -> dict[str, Facet]:
    """Return the current facets by name."""
    every = list(said)
    current = {
        name: latest([(t, f) for t, n, f in every if n == name], name, deletable=deletable) for _, name, _ in every
    }
    return {name: content for name, content in current.items() if content is not None}


def compact(value: object) -> str:
    """Return JSON without spaces and with sorted keys."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def owners(content: Facet | None) -> list[str]:
    """Return the owners that an ownership facet names."""
    names = (text(entries(owner).get("name")) for owner in items((content or {}).get("owners")))
    return [name for name in names if name]
