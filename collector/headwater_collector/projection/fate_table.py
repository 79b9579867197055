"""The table of facets: those of OpenLineage 1.54 and its registry, older keys, and custom ones that are known."""

from dataclasses import replace
from functools import cache, lru_cache
from typing import Final

from headwater_collector.projection import access_fates, dataset_facets, job_facets, run_facets
from headwater_collector.projection.fates import Fate, Level

_KEPT: Final = (
    Fate("run", "gcp_dataproc", "GcpDataprocRunFacet", kept="always"),
    Fate("run", "gcp_composer_run", "GcpComposerRunFacet", kept="always"),
    Fate("job", "gcp_composer_job", "GcpComposerJobFacet", kept="always"),
    Fate("job", "gcp_lineage", "GcpLineageJobFacet", kept="always"),
    Fate("run", "airflowDagRun", "Airflow", kept="always"),
    Fate("run", "airflow_mappedTask", "Airflow", kept="always"),
    Fate("run", "airflow_runArgs", "Airflow before 2.0", kept="always"),
    Fate("run", "airflow_version", "Airflow before 2.0", kept="always"),
    Fate("run", "spark.logicalPlan", "Spark", kept="always"),
    Fate("run", "spark_version", "Spark before 1.0", kept="always"),
    Fate("run", "spark_unknown", "Spark", kept="always"),
    Fate("run", "environment-properties", "Spark", kept="always"),
    Fate("run", "dbt_version", "dbt", kept="always"),
    Fate("run", "dbt_run", "dbt", kept="always"),
    Fate("dataset", "feast_entity", "Feast", kept="always"),
    Fate("dataset", "headwater_model", "HeadwaterModelDatasetFacet", kept="always"),
)
_FAMILIES: Final = (
    ("airflow", "Airflow"),
    ("dbt_", "dbt"),
    ("feast_", "Feast"),
    ("gcp_", "Google Cloud"),
    ("headwater_", "Headwater"),
    ("spark.", "Spark"),
    ("spark_", "Spark"),
)
_LEVELS: Final[tuple[Level, ...]] = ("run", "job", "dataset", "input", "output")

FAMILIES: Final = tuple(
    Fate(level, f"{prefix}*", sender, kept="always") for level in _LEVELS for prefix, sender in _FAMILIES
)
"""Custom facets by the prefix of their keys, unless they have a row of their own."""

FATES: Final = (*run_facets.FATES, *job_facets.FATES, *dataset_facets.FATES, *access_fates.FATES, *_KEPT)
"""The facets that have a row."""

_BY_KEY: Final = {(fate.level, fate.key): fate for fate in FATES}
_READ: Final = frozenset(fate.key for fate in FATES) - {fate.key for fate in _KEPT}
_OTHERS: Final = {level: Fate(level, "*", "any other", kept="always") for level in _LEVELS}


@lru_cache(maxsize=4096)
def fate_of(level: Level, key: str, place: str = "facets") -> Fate:
    """Return what becomes of a facet: one that Headwater does not know, or out of its place, is kept whole."""
    found = _BY_KEY.get((level, key))
    if found is None:
        return next((f for f in FAMILIES if f.level == level and key.startswith(f.key[:-1])), _OTHERS[level])
    return replace(found, into={}, kept="always") if found.places and place not in found.places else found


def is_read(key: str) -> bool:
    """Return whether more becomes of some facet with this key than that it is kept."""
    return key in _READ


@cache
def of_access(level: Level, place: str) -> tuple[Fate, ...]:
    """Return the registers of a run's inputs or outputs that are found in this member of a dataset."""
    return tuple(f for f in FATES if f.level == level and f.register and place in f.places)


@cache
def no_registers(level: Level, of_run: bool) -> frozenset[str]:
    """Return the keys in ``facets`` that are no registers of the dataset, where an event of a run or none says them."""
    return frozenset(
        fate.key
        for fate in FATES
        if (fate.level == level and "facets" in fate.places and not fate.also_of_dataset)
        and (of_run or not fate.only_of_runs)
    ) | frozenset(fate.key for fate in FATES if fate.level == "dataset" and not fate.register)
