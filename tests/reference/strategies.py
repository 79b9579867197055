"""Hypothesis strategies: events that collide, and the ways in which they can arrive."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from headwater_collector.event import Event
from hypothesis import strategies as st

from tests.reference import access_strategies as a
from tests.reference import facet_strategies as f
from tests.reference import run_strategies as r
from tests.reference.facet_strategies import Json, mostly, named, often, with_members
from tests.reference.whole import whole_event

TYPES = ["COMPLETE", "START", "FAIL", "ABORT", "RUNNING", "OTHER", None]


@dataclass(frozen=True)
class Theme:
    """What the events of one example may say; few things at a time find more."""

    dataset: dict[str, Json]
    """Facets of datasets."""
    job: dict[str, Json]
    run: dict[str, Json]
    input: dict[str, Json]
    """Input facets."""
    output: dict[str, Json] = field(default_factory=dict)
    """Output facets."""
    pool: Sequence[tuple[str, str]] = tuple(f.DATASETS)
    """Names of datasets."""


_DATASET_REGISTERS: dict[str, Json] = {
    "schema": f.SCHEMA,
    "datasetType": f.DATASET_TYPE,
    "documentation": f.DOCUMENTATION,
    "ownership": f.OWNERSHIP,
    "symlinks": f.SYMLINKS,
    "custom": f.CUSTOM,
}
_JOB_REGISTERS: dict[str, Json] = {
    "jobType": f.JOB_TYPE,
    "documentation": f.DOCUMENTATION,
    "ownership": f.OWNERSHIP,
    "sourceCodeLocation": f.CODE_LOCATION,
    "custom": f.CUSTOM,
}
FROM_ONE: Json = st.sampled_from(
    [{"fields": {"x": {"inputFields": [{"namespace": "n", "name": name, "field": "x"}]}}} for name in "abc"]
)
INPUTS: Json = st.lists(st.sampled_from("abc"), max_size=2).map(
    lambda names: {"inputs": [{"namespace": "n", "name": name, "type": "DATASET"} for name in names]}
)
_STREAM: Json = st.sampled_from([{"processingType": "STREAMING"}, {"processingType": "BATCH"}])

THEMES = {
    "plain": Theme({}, {}, {}, {}),
    "versions": Theme({"version": f.VERSION}, {}, {}, {}),
    "streams": Theme({}, {"jobType": _STREAM}, {}, {}),
    "columns": Theme({"columnLineage": f.COLUMN_LINEAGE}, {}, {}, {}),
    "lineage": Theme({"columnLineage": f.COLUMN_LINEAGE, "lineage": f.LINEAGE}, {"lineage": f.JOB_LINEAGE}, {}, {}),
    "flows": Theme({"lineage": f.FLOWS}, {"lineage": f.JOB_FLOWS}, {}, {}),
    "registers": Theme(_DATASET_REGISTERS, _JOB_REGISTERS, {}, {}),
    "schemas": Theme(
        {"schema": mostly(st.one_of(f.SCHEMA, f.USED_SCHEMA), f.DELETED, 4)},
        {},
        {"trino_query_context": r.QUERY},
        {},
        pool=f.DATASETS[:1],
    ),
    "one register": Theme(
        {"documentation": f.DOCUMENTATION}, {"documentation": f.DOCUMENTATION}, {"custom": f.CUSTOM}, {}
    ),
    "kinds": Theme({"datasetType": f.DATASET_TYPE, "version": f.VERSION}, {"jobType": f.JOB_TYPE}, {}, {}),
    "aliases": Theme({"symlinks": f.SYMLINKS, "ownership": f.OWNERSHIP}, {"ownership": f.OWNERSHIP}, {}, {}),
    "code": Theme(
        {}, {"sourceCodeLocation": f.CODE_LOCATION}, {"headwater_codeState": r.RUN_FACETS["headwater_codeState"]}, {}
    ),
    "twice": Theme({"documentation": f.DOCUMENTATION, "custom": f.CUSTOM}, {}, {}, {}, pool=f.DATASETS[:1]),
    "parents": Theme({}, {}, {"parent": r.PARENT, "parentRun": r.PARENT}, {}),
    "runs": Theme({}, {"sourceCodeLocation": f.CODE_LOCATION}, r.RUN_FACETS, {}),
    "checks": Theme(
        {"dataQualityAssertions": f.ASSERTIONS, "version": f.VERSION},
        {},
        {},
        {
            "dataQualityAssertions": f.ASSERTIONS,
            "greatExpectations_assertions": f.EXPECTATIONS,
            "headwater_inputRole": f.ROLE,
        },
    ),
    "told": Theme(
        {"headwater_model": f.CUSTOM, "datasetType": f.DATASET_TYPE, "version": f.VERSION},
        {},
        {},
        {"custom": f.CUSTOM, "inputStatistics": f.CUSTOM},
        {"custom": f.CUSTOM, "outputStatistics": f.CUSTOM},
    ),
    "running": Theme({}, {"documentation": f.DOCUMENTATION}, r.OTHER_RUN_FACETS, {}),
    "failing": Theme({}, {}, {n: r.OTHER_RUN_FACETS[n] for n in ("errorMessage", "spark.exception")}, {}),
    "dependencies": Theme({}, {}, {"jobDependencies": r.DEPENDENCIES}, {}),
    "roots": Theme({}, {}, {"parent": r.PARENT, "errorMessage": r.RUN_FACETS["errorMessage"]}, {}),
    "tags": Theme({"tags": r.TAGS}, {"tags": r.TAGS}, {"tags": r.TAGS}, {}),
    "places": Theme(a.PLACES, {}, {}, {}),
    "sources": Theme(
        {},
        {"sql": a.SQL, "dbt_node": r.DBT_NODE, "sourceCode": a.SOURCE_CODE, "sourceCodeLocation": f.CODE_LOCATION},
        {"headwater_codeState": r.RUN_FACETS["headwater_codeState"]},
        {},
    ),
    "large": Theme({"custom": a.LARGE}, {"sql": a.LARGE}, {"custom": a.LARGE}, {"subset": a.LARGE}, {"own": a.LARGE}),
    "statistics": Theme(
        {"version": f.VERSION},
        {},
        {},
        {"inputStatistics": a.STATISTICS, "subset": a.SUBSET},
        {"outputStatistics": a.STATISTICS, "subset": a.SUBSET},
    ),
    "measures": Theme(
        {"dataQualityMetrics": a.METRICS, "version": f.VERSION},
        {},
        {},
        {"dataQualityMetrics": a.METRICS},
        {"dataQualityMetrics": a.METRICS},
    ),
    "iceberg": Theme(
        {"version": f.VERSION}, {}, {}, {"icebergScanReport": a.REPORT}, {"icebergCommitReport": a.REPORT}
    ),
    "renames": Theme({"lifecycleStateChange": a.LIFECYCLE, "columnLineage": FROM_ONE, "lineage": INPUTS}, {}, {}, {}),
    "windows": Theme({"columnLineage": FROM_ONE}, {"jobType": f.JOB_TYPE, "lineage": f.JOB_LINEAGE}, {}, {}),
    "groups": Theme(
        {"symlinks": f.SYMLINKS, "version": f.VERSION},
        {},
        {},
        {"inputStatistics": a.STATISTICS, "dataQualityAssertions": f.ASSERTIONS, "headwater_inputRole": f.ROLE},
    ),
    "everything": Theme(
        {
            **_DATASET_REGISTERS,
            "version": f.VERSION,
            "columnLineage": f.COLUMN_LINEAGE,
            "lineage": f.LINEAGE,
            "headwater_model": f.CUSTOM,
            **a.PLACES,
            "dataQualityMetrics": a.METRICS,
        },
        {**_JOB_REGISTERS, "lineage": f.JOB_LINEAGE, "tags": r.TAGS, "sql": a.SQL, "sourceCode": a.SOURCE_CODE},
        {"parent": r.PARENT, "jobDependencies": r.DEPENDENCIES, **r.RUN_FACETS, **r.OTHER_RUN_FACETS},
        {
            "dataQualityAssertions": f.ASSERTIONS,
            "dataQualityMetrics": a.METRICS,
            "headwater_inputRole": f.ROLE,
            "inputStatistics": a.STATISTICS,
            "icebergScanReport": a.REPORT,
            "custom": f.CUSTOM,
        },
        {"custom": f.CUSTOM, "outputStatistics": a.STATISTICS, "subset": a.SUBSET, "icebergCommitReport": a.REPORT},
    ),
}


def _facets(known: dict[str, Json]) -> Json:
    return mostly(often(known, 3 if len(known) < 4 else 1), f.JUNK, 12) if known else st.just({})


def _datasets(theme: Theme, role: str) -> Json:
    parts = {"facets": _facets(theme.dataset)}
    if role == "input" and theme.input:
        parts["inputFacets"] = _facets(theme.input)
    if role == "output" and theme.output:
        parts["outputFacets"] = _facets(theme.output)
    dataset = with_members(named(theme.pool), often(parts))
    odd = st.lists(st.one_of(dataset, f.NAMELESS, f.JUNK), max_size=3)
    return mostly(st.lists(dataset, max_size=3), st.one_of(odd, f.JUNK))


def event_bodies(theme: Theme) -> Json:
    """Return a strategy for the JSON of an event that `parse_event` accepts."""
    time = st.sampled_from(f.TIMES)
    flow = {"inputs": _datasets(theme, "input"), "outputs": _datasets(theme, "output")}
    run = st.tuples(st.sampled_from(f.RUN_IDS), _facets(theme.run)).map(lambda d: {"runId": d[0], "facets": d[1]})
    job = with_members(named(f.JOBS), often({"facets": _facets(theme.job)}))
    parts = {"eventType": st.sampled_from(TYPES), "eventTime": time, "run": run, "job": job}
    runs = with_members(st.fixed_dictionaries(parts), often(flow))
    jobs = with_members(st.fixed_dictionaries({"eventTime": time, "job": job}), often(flow))
    dataset = with_members(named(theme.pool), often({"facets": _facets(theme.dataset)}))
    datasets = st.fixed_dictionaries({"eventTime": time, "dataset": dataset})
    return st.integers(0, 7).flatmap(lambda number: (jobs, datasets)[number - 6] if number > 5 else runs)


@dataclass(frozen=True)
class Script:
    """Events, and the batches in which they arrive: shuffled and some of them repeated."""

    bodies: list[dict[str, Any]]
    batches: list[list[int]]
    """Each batch as positions in `bodies`."""

    @property
    def events(self) -> list[Event]:
        """Return the events, parsed."""
        return [whole_event(json.dumps(body).encode()) for body in self.bodies]

    def __repr__(self) -> str:
        lines = "".join(f"\n    {number}: {json.dumps(body)}" for number, body in enumerate(self.bodies))
        return f"Script(batches={self.batches}, events:{lines}\n)"


@st.composite
def scripts(draw: st.DrawFn, most: int = 8, themes: Sequence[str] = tuple(THEMES)) -> Script:
    """Draw a script of up to so many events on one of the themes."""
    theme = THEMES[draw(st.sampled_from(themes))]
    bodies = draw(st.lists(event_bodies(theme), min_size=1, max_size=most))
    again = draw(st.lists(st.integers(0, len(bodies) - 1), max_size=2))
    order = draw(st.permutations([*range(len(bodies)), *again]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order) - 1)))) if len(order) > 1 else []
    return Script(bodies, [order[a:b] for a, b in zip([0, *cuts], [*cuts, len(order)], strict=True)])
