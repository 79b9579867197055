"""What a run's event tells of one input or output alone: checks, metrics, statistics, parts, reports, changes."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from headwater_collector.projection.access_facets import EXPECTATIONS
from headwater_collector.projection.facts.access import COMMIT, Access
from headwater_collector.projection.facts.register import Register
from headwater_collector.projection.facts.said import Said
from headwater_collector.projection.fate_table import fate_of, no_registers, of_access
from headwater_collector.projection.fates import Fate, Level
from headwater_collector.projection.rendering import about
from headwater_collector.projection.saying import Saying, extracted, facets_of, is_deleted, keep, name_dataset
from headwater_collector.projection.values import optional_text

_CLEARED: Final[Mapping[str, Any]] = {
    "dataQualityAssertions": [],
    "dataQualityMetrics": [],
    "lifecycleStateChange": None,
}
"""Facets of a dataset whose deletion clears what the run told; of others it tells nothing."""
_WIRED: Final = ("columnLineage", "lineage")
"""Facets of an output that become edges of the design level, and are kept if they hold more."""


def take_told(saying: Saying, access: Access, dataset: str, level: Level, where: str, said: Mapping[str, Any]) -> None:
    """Take in the facets of an access: those of the dataset that belong to it, then those of the role, which win."""
    of_dataset = facets_of(said, "facets")
    for fate in of_access(level, "facets"):
        facet = of_dataset.get(fate.key)
        if facet is None:
            continue
        if not is_deleted(facet):
            _take(saying, access, dataset, fate, where, fate.key, facet, of_role=False)
            continue
        if fate.key in _CLEARED:
            access.told[fate.key] = [saying.token, _CLEARED[fate.key]]
        if not fate.also_of_dataset:
            access.facets[fate.key] = [saying.token, ""]
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
    found = extracted(saying, f"{where}.{name}", fate.extract, facet)
    if found is None:
        return
    (value,) = found
    kept = keep(saying, facet) if (of_role or not fate.also_of_dataset) and fate.keeps(facet) else ""
    if not fate.projected:
        access.facets[name] = [saying.token, kept]
    elif not fate.register:
        access.snapshots += [value] if value else []
        if name == "icebergCommitReport":
            access.told[COMMIT] = [saying.token, optional_text(facet, "operation").lower()]
        access.facets[name] = [saying.token, kept]
    elif fate.places:
        access.told[name] = [saying.token, _named(saying, dataset, name, value)]
        if of_role or not fate.also_of_dataset:
            access.facets[name] = [saying.token, kept]
    else:
        access.told[name] = [saying.token, value, kept] if kept else [saying.token, value]


def take_stated(saying: Saying, access: Access, level: Level, where: str, said: Mapping[str, Any]) -> None:
    """Keep the facets of an input or output of a JobEvent that are no registers of the dataset: no run is told of."""
    of_dataset, place = facets_of(said, "facets"), f"{level}Facets"
    wired = _WIRED if level == "output" else ()
    of_access = no_registers(level, of_run=False).difference(wired)
    found = [(name, facet, "facets") for name, facet in of_dataset.items() if name in of_access]
    for name, facet, where_found in (*found, *((n, f, place) for n, f in facets_of(said, place).items())):
        fate = fate_of(level, name, where_found)
        if is_deleted(facet):
            if where_found == "facets":
                access.facets[name] = [saying.token, ""]
        elif extracted(saying, f"{where}.{name}", fate.extract, facet):
            access.facets[name] = [saying.token, keep(saying, facet)]


def of_accesses(said: Said, token: str) -> dict[str, Register]:
    """Return as registers of the job what is kept of the inputs and outputs of a JobEvent, which keep it no more."""
    found: dict[str, Register] = {}
    for role, accesses in (("in", said.inputs), ("out", said.outputs)):
        for dataset, access in accesses.items():
            found |= {about(role, dataset, name): [token, None, kept[1]] for name, kept in access.facets.items()}
            access.facets = {}
    return found


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
