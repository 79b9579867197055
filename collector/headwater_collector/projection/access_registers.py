"""What a run's event tells of one input or output alone: checks, metrics, statistics, parts, reports, changes."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from headwater_collector.projection.access_facets import EXPECTATIONS
from headwater_collector.projection.facts.access import COMMIT, Access
from headwater_collector.projection.fate_table import fate_of, of_access
from headwater_collector.projection.fates import Fate, Level
from headwater_collector.projection.saying import Saying, facets_of, is_deleted, keep, name_dataset, take
from headwater_collector.projection.values import optional_text

_CLEARED: Final[Mapping[str, Any]] = {
    "dataQualityAssertions": [],
    "dataQualityMetrics": [],
    "lifecycleStateChange": None,
}
"""Facets of a dataset whose deletion clears what the run told; of others it tells nothing."""


def take_told(saying: Saying, access: Access, dataset: str, level: Level, where: str, said: Mapping[str, Any]) -> None:
    """Take in the facets of an access: those of the dataset that belong to it, then those of the role, which win."""
    of_dataset = facets_of(said, "facets")
    for fate in of_access(level, "facets"):
        facet = of_dataset.get(fate.key)
        if facet is None:
            continue
        if not is_deleted(facet):
            _take(saying, access, dataset, fate, where, fate.key, facet, of_role=False)
        elif fate.key in _CLEARED:
            access.told[fate.key] = [saying.token, _CLEARED[fate.key]]
    place = f"{level}Facets"
    for name, facet in facets_of(said, place).items():
        if not is_deleted(facet):
            _take(saying, access, dataset, fate_of(level, name, place), where, name, facet, of_role=True)


def _take(
    saying: Saying,
    access: Access,
    dataset: str,
    fate: Fate,
    where: str,
    name: str,
    facet: Mapping[str, Any],
    *,
    of_role: bool,
) -> None:
    value = take(saying, f"{where}.{name}", fate.extract, facet) if fate.extract else None
    if fate.extract and value is None:
        return
    kept = keep(saying, facet) if (of_role or not fate.projected) and fate.keeps(facet) else ""
    if not fate.projected:
        access.facets[name] = [saying.token, kept]
    elif not fate.register:
        access.snapshots += [value] if value else []
        if name == "icebergCommitReport":
            access.told[COMMIT] = [saying.token, optional_text(facet, "operation").lower()]
        access.facets[name] = [saying.token, kept]
    elif fate.places:
        access.told[name] = [saying.token, _named(saying, dataset, name, value)]
        if of_role:
            access.facets[name] = [saying.token, kept]
    else:
        access.told[name] = [saying.token, value, kept] if kept else [saying.token, value]


def _named(saying: Saying, dataset: str, facet: str, value: Any) -> Any:
    """Name the columns and datasets that a value names; return it as the facts hold it."""
    if facet in ("dataQualityAssertions", EXPECTATIONS):
        name_columns(saying, dataset, (row[1] for row in value))
    if facet == "lifecycleStateChange":
        state, *previous = value
        above = name_dataset(saying, *previous) if all(previous) else ""
        return [state, above if above != dataset else ""]
    return value


def name_columns(saying: Saying, dataset: str, columns: Iterable[str]) -> None:
    """Note that columns of a dataset are named, the empty name being none."""
    facts = saying.datasets[dataset]
    facts.columns = sorted({*facts.columns, *columns} - {""})
