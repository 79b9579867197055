"""Hypothesis strategies: long histories of few datasets and jobs, so that what is known of them grows."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from hypothesis import strategies as st

from tests.reference.access_strategies import STATEMENTS
from tests.reference.facet_strategies import (
    EXPECTATIONS,
    ROLE,
    Json,
    flows,
    job_flows,
    mostly,
    named,
    often,
    with_members,
)
from tests.reference.strategies import FROM_ONE, INPUTS, Script

_POOL = [("n", "a"), ("n", "b"), ("n", "c")]
_VERSION: Json = st.sampled_from([{"datasetVersion": v} for v in "12"])
_VERSIONS: Json = st.sampled_from([{"datasetVersion": v} for v in "123456"])
_NAMES: Json = st.lists(named(_POOL), max_size=2).map(lambda others: {"identifiers": others})
_LINKS: Json = mostly(_NAMES, st.just({"_deleted": True}), 2)
_REPORT: Json = st.sampled_from([{"snapshotId": 1}, {"snapshotId": "2"}, {}])
_OPERATION: Json = st.sampled_from([{"operation": "append"}, {"operation": "append"}, {"operation": "overwrite"}])
_CHANGE: Json = st.sampled_from(["ALTER", "TRUNCATE", "OVERWRITE"]).map(lambda said: {"lifecycleStateChange": said})
_STATEMENT: Json = st.sampled_from(STATEMENTS).map(lambda text: {"query": text})
_PART: Json = st.just({"outputCondition": {"type": "location"}})
_RENAME: Json = st.builds(
    lambda change, before: {"lifecycleStateChange": change, "previousIdentifier": before},
    mostly(st.just("RENAME"), st.just("TRUNCATE"), 3),
    named(_POOL),
)
_CHECKS: Json = st.lists(
    st.builds(
        lambda name, holds: {"assertion": name, "success": holds}, st.sampled_from(["unique", "fresh"]), st.booleans()
    ),
    max_size=2,
).map(lambda checks: {"assertions": checks})
_ROWS: Json = st.integers(0, 2).map(lambda count: {"rowCount": count})
_RUN_IDS = [f"01900000-0000-7000-8000-00000000000{number}" for number in range(8)]
_FLOWS: Json = flows([*_RUN_IDS, "r1"])
_JOB_FLOWS: Json = job_flows([*_RUN_IDS, "r1"])
_MODE: Json = st.sampled_from(["COMPLETE_SNAPSHOT", "INCREMENTAL"])


@dataclass(frozen=True)
class Course:
    """What the events of one history may say beside what they read and write."""

    dataset: dict[str, Json]
    of_dataset: dict[str, Json] = field(default_factory=lambda: {"version": _VERSION})
    """Facets in DatasetEvents."""
    input: dict[str, Json] = field(default_factory=dict)
    output: dict[str, Json] = field(default_factory=dict)
    job: dict[str, Json] = field(default_factory=dict)
    lineage: bool = False
    """Whether jobs say what feeds what."""
    windows: bool = False
    flows: bool = False
    """Whether jobs say what feeds other jobs and what these write."""
    shared: bool = False
    """Whether runs are few and jobs more, so that several jobs end in one run."""
    active: int = 5
    """How many events of runs and jobs there are to one DatasetEvent."""


COURSES = {
    "flow": Course({"version": _VERSION, "columnLineage": FROM_ONE, "lineage": INPUTS}, lineage=True),
    "groups": Course({"version": _VERSION, "symlinks": _LINKS}, {"version": _VERSION, "symlinks": _LINKS}, active=2),
    "groups without versions": Course({}, {"symlinks": mostly(_NAMES, st.just({"_deleted": True}), 1)}, active=2),
    "groups of many versions": Course({"version": _VERSIONS}, {"symlinks": _NAMES}, active=8),
    "renames": Course({"lifecycleStateChange": _RENAME, "columnLineage": FROM_ONE}, {"symlinks": _LINKS}),
    "snapshots": Course(
        {"version": _VERSION},
        {"version": _VERSION, "symlinks": _LINKS},
        {"icebergScanReport": _REPORT},
        {"icebergCommitReport": _REPORT},
    ),
    "carried": Course(
        {"version": _VERSION, "lifecycleStateChange": _CHANGE},
        {"symlinks": _LINKS},
        output={"icebergCommitReport": _OPERATION, "subset": _PART},
    ),
    "statements": Course({"lifecycleStateChange": _CHANGE}, {"symlinks": _LINKS}, job={"sql": _STATEMENT}),
    "windows": Course({"columnLineage": FROM_ONE}, windows=True),
    "flows": Course({}, {}, flows=True),
    "flows and names": Course({"version": _VERSION}, {"symlinks": _LINKS, "lineage": _FLOWS}, flows=True),
    "shared": Course({"columnLineage": FROM_ONE}, shared=True, active=12),
    "shared checks": Course(
        {"columnLineage": FROM_ONE},
        {},
        {
            "dataQualityAssertions": _CHECKS,
            "greatExpectations_assertions": EXPECTATIONS,
            "inputStatistics": _ROWS,
            "headwater_inputRole": ROLE,
        },
        {"outputStatistics": _ROWS, "dataQualityMetrics": _ROWS},
        shared=True,
    ),
    "shared versions": Course({"version": _VERSIONS}, {"symlinks": _LINKS}, shared=True, active=8),
    "shared names": Course(
        {"lineage": INPUTS, "lifecycleStateChange": _CHANGE},
        {"symlinks": _NAMES, "version": _VERSION},
        output={"icebergCommitReport": _OPERATION, "subset": _PART},
        lineage=True,
        shared=True,
    ),
    "shared flows": Course({"columnLineage": FROM_ONE}, {"lineage": _FLOWS}, shared=True, flows=True),
    "own lineage": Course({"lineage": INPUTS}, {"lineage": mostly(INPUTS, st.just({"_deleted": True}), 3)}),
}


SHARED = tuple(name for name in COURSES if name.startswith("shared"))
USUAL = (*COURSES, "groups", "groups", "groups without versions", "groups of many versions")
"""Names are joined and parted, read and written in so many ways that it takes more histories to see them all."""


def _datasets(course: Course, most: int, **beside: dict[str, Json]) -> Json:
    facets = {"facets": often(course.dataset, 1)} | {place: often(said, 1) for place, said in beside.items()}
    return st.lists(with_members(named(_POOL), often(facets, 1)), max_size=most)


def _bodies(course: Course) -> Json:
    """Return a strategy for short events of few datasets and jobs but many runs and times."""
    flow = often(
        {
            "inputs": _datasets(course, 2, inputFacets=course.input),
            "outputs": _datasets(course, 3, outputFacets=course.output),
        }
    )
    time = st.integers(0, 11).map(lambda minute: f"2026-01-01T00:{minute:02}:00Z")
    entry = st.builds(lambda one, said: {**one, "type": "DATASET", **said}, named(_POOL), INPUTS)
    lineage = st.lists(entry, max_size=2).map(lambda entries: {"lineage": {"entries": entries}})
    stream = st.just({"jobType": {"processingType": "STREAMING"}})
    window = _MODE.map(lambda mode: {"jobType": {"emissionPattern": {"eventContentMode": mode}}})
    odd = st.one_of(lineage, stream) if course.lineage else stream
    of_job = mostly(window, st.just({}), 2) if course.windows else mostly(st.just({}), odd, 3)
    of_job = mostly(_JOB_FLOWS.map(lambda facet: {"lineage": facet}), st.just({}), 1) if course.flows else of_job
    of_job = with_members(of_job, often(course.job, 1))
    job = with_members(
        mostly(named([("j", "load")]), named([("j", "train")]), 4), st.fixed_dictionaries({"facets": of_job})
    )
    if course.shared:
        job = with_members(
            named([("j", "load"), ("j", "train"), ("k", "test")]), st.fixed_dictionaries({"facets": of_job})
        )
    run = st.sampled_from(_RUN_IDS[: 3 if course.shared else 8]).map(lambda run_id: {"runId": run_id})
    type_ = st.sampled_from(
        ["COMPLETE", "COMPLETE", "COMPLETE", "START", "FAIL", *(["ABORT"] if course.shared else [])]
    )
    runs = st.fixed_dictionaries({"eventType": type_, "eventTime": time, "run": run, "job": job})
    jobs = st.fixed_dictionaries({"eventTime": time, "job": job})
    active = with_members(st.one_of(runs, jobs) if course.flows else mostly(runs, jobs), flow)
    about = st.fixed_dictionaries({"facets": often(course.of_dataset, 2)})
    published = st.fixed_dictionaries({"eventTime": time, "dataset": with_members(named(_POOL), about)})
    return mostly(active, published, course.active)


@st.composite
def long_scripts(draw: st.DrawFn, courses: Sequence[str] = USUAL) -> Script:
    """Draw a script of many runs over few datasets, mostly in order, so that what is known of them grows long."""
    course = COURSES[draw(st.sampled_from(courses))]
    bodies = draw(st.lists(_bodies(course), min_size=8, max_size=24))
    if draw(st.booleans()):
        bodies.sort(key=lambda body: str(body["eventTime"]))
    one_by_one = draw(st.booleans())  # few cuts are drawn else, and much goes wrong only from batch to batch
    cuts = [*range(1, len(bodies))] if one_by_one else sorted(draw(st.sets(st.integers(1, len(bodies) - 1))))
    order = range(len(bodies))
    return Script(bodies, [list(order[a:b]) for a, b in zip([0, *cuts], [*cuts, len(bodies)], strict=True)])
