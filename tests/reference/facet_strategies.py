"""Facets drawn from small pools, so that what events say collides; malformed and deleted ones among them."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from hypothesis import strategies as st

Json = st.SearchStrategy[Any]

DATASETS = [("n", "a"), ("n", "b"), ("n", "c"), ("s3://m|%", "a")]
OF_SESSION = ("n", "default_catalog.db.a")
"""A name that one session of Flink gives."""
JOBS = [("j", "load"), ("j", "train"), ("k", "load")]
RUN_IDS = ["01900000-0000-7000-8000-00000000000a", "01900000-0000-7000-8000-00000000000A", "r1", "r2", 7]
"""The first two are the same run; those that are no UUID belong to the namespace of their job."""
VERSIONS = ["1", "2", 3]
COLUMNS = ["x", "y", "*"]

JUNK: Json = st.sampled_from([None, [], "text", 3, True])
DELETED: Json = st.just({"_deleted": True})


def mostly(usual: Json, odd: Json, times: int = 6) -> Json:
    """Return the usual so many times as often as the odd; `one_of` would not count a strategy twice."""
    return st.integers(0, times).flatmap(lambda number: odd if number == times else usual)


def often(known: Mapping[str, Json], times: int = 3) -> Json:
    """Return an object that has each of these members so many times as often as not."""
    drawn = {name: mostly(content.map(lambda value: [value]), st.just([]), times) for name, content in known.items()}
    return st.fixed_dictionaries(drawn).map(lambda found: {name: value[0] for name, value in found.items() if value})


def with_members(one: Json, more: Json) -> Json:
    """Return an object that has the members of both."""
    return st.tuples(one, more).map(lambda drawn: {**drawn[0], **drawn[1]})


def said(*choices: Json) -> Json:
    """Return one of the contents of a facet, now and then deleted, empty, spoiled or not even an object."""
    whole = st.one_of(*choices)
    return mostly(whole, st.one_of(DELETED, st.just({}), JUNK, spoiled(whole)), 5)


def spoiled(whole: Json) -> Json:
    """Return what is drawn with one member or element, however deep, left out or replaced by a value of any type."""
    return st.tuples(whole, st.lists(st.integers(0, 5), min_size=1, max_size=5), st.one_of(JUNK, _ODD)).map(
        lambda drawn: _spoil(*drawn)
    )


_MISSING: Final = object()
_ODD: Json = st.sampled_from([_MISSING, {"a": 1}, [1], [{"a": "b"}], "", False, 2.5, 2**70, "text"])


def _spoil(value: Any, way: list[int], odd: Any) -> Any:
    """Return a value in which that at the end of a way stands otherwise; each step is taken modulo what is there."""
    if not way or not isinstance(value, dict | list) or not value:
        return None if odd is _MISSING else odd
    places: list[Any] = sorted(value) if isinstance(value, dict) else [*range(len(value))]
    at = places[way[0] % len(places)]
    changed = value.copy()
    if odd is _MISSING and len(way) == 1:
        del changed[at]
    else:
        changed[at] = _spoil(value[at], way[1:], odd)
    return changed


def named(pool: Sequence[tuple[str, str]], **more: Json) -> Json:
    """Return an object with a namespace and name of a pool, and more members."""
    return st.tuples(st.sampled_from(pool), st.fixed_dictionaries({}, optional=more)).map(
        lambda drawn: {"namespace": drawn[0][0], "name": drawn[0][1], **drawn[1]}
    )


def members(**optional: Json) -> Json:
    """Return an object with most of these members."""
    return often(optional)


def some(item: Json, most: int = 3) -> Json:
    """Return a list of up to so many items, with some junk among them."""
    return st.lists(mostly(item, JUNK, 9), max_size=most)


NAMELESS: Json = st.sampled_from([{"namespace": "n"}, {"namespace": "n", "name": ""}, {"namespace": 1, "name": "a"}])

TRANSFORMATION = members(
    type=st.sampled_from(["DIRECT", "INDIRECT", 1]),
    subtype=st.sampled_from(["IDENTITY", "FILTER", ""]),
    masking=st.sampled_from([True, False, "true"]),
    description=st.sampled_from(["a + b", "a", "", "", 1, "much " * 401]),
)
INPUT_FIELD = st.one_of(
    named(DATASETS, field=st.sampled_from([*COLUMNS, "", None]), transformations=some(TRANSFORMATION, 2)),
    named(DATASETS, field=st.just("x")),
    NAMELESS,
)
COLUMN = st.one_of(
    members(
        inputFields=some(INPUT_FIELD),
        transformationType=st.sampled_from(["IDENTITY", "MASKED", "", 1]),
        transformationDescription=st.sampled_from(["copied", "", 1]),
    ),
    st.fixed_dictionaries({"inputFields": some(INPUT_FIELD, 2)}),
    st.sampled_from([None, 1, {"inputFields": {}}]),
)
COLUMN_LINEAGE = said(
    st.fixed_dictionaries({"fields": st.dictionaries(st.sampled_from(COLUMNS), COLUMN, max_size=2)}),
    st.fixed_dictionaries(
        {"fields": st.dictionaries(st.sampled_from(COLUMNS), COLUMN, max_size=2), "dataset": some(INPUT_FIELD, 2)}
    ),
    members(fields=st.sampled_from([None, [], "x"]), dataset=mostly(some(INPUT_FIELD, 2), JUNK)),
)

_HALF_NAMED: Json = st.sampled_from([{"namespace": "j"}, {"name": "load"}, {"namespace": "j", "name": ""}, {"name": 1}])
_OWN: Json = st.sampled_from([{}, {"namespace": None, "name": None}])


def lineage_job(run_ids: Sequence[Any]) -> Json:
    """Return a job as a source or target, named, or without names: the event's own one; often with one of the runs."""
    return with_members(
        mostly(st.one_of(named(JOBS), named(JOBS), _OWN), _HALF_NAMED, 9),
        st.fixed_dictionaries(
            {"type": st.just("JOB")},
            optional={
                "runId": st.sampled_from([*run_ids, "r3", "", True]),
                "transformations": mostly(some(TRANSFORMATION, 2), JUNK),
            },
        ),
    )


LINEAGE_JOB = lineage_job(RUN_IDS)
LINEAGE_INPUT = st.one_of(
    named(DATASETS, type=st.sampled_from(["DATASET", "DATASET", "TABLE"]), field=st.sampled_from(["x", "", 1])),
    named(DATASETS, type=st.just("DATASET"), transformations=mostly(some(TRANSFORMATION, 2), JUNK)),
    named(DATASETS, type=st.just("DATASET")),
    LINEAGE_JOB,
    NAMELESS,
)
LINEAGE_PARTS: dict[str, Json] = {
    "inputs": mostly(some(LINEAGE_INPUT), JUNK),
    "fields": mostly(
        st.dictionaries(st.sampled_from(COLUMNS), members(inputs=some(LINEAGE_INPUT, 2)), max_size=2), JUNK
    ),
}
LINEAGE = said(members(**LINEAGE_PARTS), st.fixed_dictionaries({"inputs": some(LINEAGE_INPUT)}))
_TARGET = st.one_of(*[named(DATASETS, type=st.sampled_from(["DATASET"] * 9 + ["TABLE"]))] * 2, LINEAGE_JOB)
LINEAGE_ENTRY = with_members(_TARGET, st.fixed_dictionaries({}, optional=LINEAGE_PARTS))
JOB_LINEAGE = said(st.fixed_dictionaries({"entries": some(LINEAGE_ENTRY)}), members(entries=JUNK))


def flows(run_ids: Sequence[Any]) -> Json:
    """Return a dataset's lineage facet that names jobs, mostly."""
    return said(st.fixed_dictionaries({"inputs": _flow_sources(run_ids)}))


def job_flows(run_ids: Sequence[Any]) -> Json:
    """Return a job's lineage facet that names jobs, mostly."""
    target = st.one_of(named(DATASETS, type=st.just("DATASET")), lineage_job(run_ids), st.just({"type": "JOB"}))
    entry = with_members(target, st.fixed_dictionaries({"inputs": _flow_sources(run_ids)}))
    entries = st.lists(entry, min_size=1, max_size=2).map(lambda found: {"entries": found})
    return mostly(entries, st.one_of(DELETED, st.just({"entries": 1})), 5)


def _flow_sources(run_ids: Sequence[Any]) -> Json:
    job = lineage_job(run_ids)
    return st.lists(st.one_of(named(DATASETS, type=st.just("DATASET")), job, job), max_size=2)


FLOWS, JOB_FLOWS = flows(RUN_IDS), job_flows(RUN_IDS)

VERSION = said(st.fixed_dictionaries({"datasetVersion": st.sampled_from([*VERSIONS, *VERSIONS, "", None, 2.5])}))

SCHEMA_FIELD = st.recursive(
    members(
        name=st.sampled_from(["x", "y", "", None]),
        type=st.sampled_from(["int", "text", 1]),
        more=st.sampled_from([0, 1]),
    ),
    lambda inner: members(
        name=st.sampled_from(["x", "y"]), description=st.sampled_from(["d", ""]), fields=some(inner, 2)
    ),
    max_leaves=3,
)
SCHEMA = said(members(fields=some(SCHEMA_FIELD)), members(fields=JUNK))
USED_SCHEMA = said(
    members(fields=some(members(name=st.sampled_from(["x", "y", "z"]), type=st.just(""), description=st.just("d"))))
)
"""As queries tell it of what they used, mostly."""
_KINDS = ["MODEL", "MODEL", "Table", "FEATURE_VIEW", "FEATURE_SERVICE", "SERVICE", "ENDPOINT"]
DATASET_TYPE = said(
    st.fixed_dictionaries(
        {"datasetType": st.sampled_from([*_KINDS, "", 1])},
        optional={"subType": st.sampled_from(["ENDPOINT", "predictions", "", 1]), "other": st.just("lost")},
    )
)
DOCUMENTATION = said(
    st.fixed_dictionaries(
        {"description": st.sampled_from(["d", "e", "f", "", 1])}, optional={"contentType": st.just("text/plain")}
    )
)
OWNERSHIP = said(members(owners=mostly(some(members(name=st.sampled_from(["o", "p", ""]), type=st.just("T"))), JUNK)))
SYMLINKS = said(
    members(
        identifiers=mostly(some(named([*DATASETS, OF_SESSION], type=st.sampled_from(["TABLE", "LOCATION", ""]))), JUNK)
    )
)
CUSTOM = said(st.dictionaries(st.sampled_from(["a", "b", "_producer"]), st.sampled_from([1, "ü", [1, None], 1.5])))
ASSERTIONS = said(
    members(
        assertions=mostly(
            some(
                members(
                    assertion=st.sampled_from(["not_null", "unique", "", 1]),
                    column=st.sampled_from(["x", "", None]),
                    success=st.sampled_from([True, False, "yes"]),
                    severity=st.just("error"),
                    expected=st.sampled_from(["1", 1]),
                    actual=st.just("2"),
                    content=st.sampled_from(["select 1", ""]),
                )
            ),
            JUNK,
        )
    )
)
EXPECTATIONS = said(
    members(
        assertions=mostly(
            some(
                members(
                    expectationType=st.sampled_from(["expect_unique", "unique", "", 1]),
                    column=st.sampled_from(["x", "y", None]),
                    success=st.sampled_from([True, False, "yes"]),
                    meta=st.just({"a": 1}),
                )
            ),
            JUNK,
        )
    )
)
ROLE = said(members(role=st.sampled_from(["train", "test", "", 1]), description=st.sampled_from(["d", ""])))

JOB_TYPE = said(
    members(
        processingType=st.sampled_from(["BATCH", "STREAMING", "streaming", 1]),
        integration=st.just("SPARK"),
        jobType=st.sampled_from(["TASK", "TRAINING"]),
        emissionPattern=mostly(
            members(
                eventTrigger=st.sampled_from(["PERIODIC", "", 1]),
                eventContentMode=st.sampled_from(["COMPLETE_SNAPSHOT", "complete_snapshot", "INCREMENTAL", 1]),
                windowDuration=st.sampled_from([60, "60", True]),
            ),
            JUNK,
        ),
        more=st.sampled_from(["m", ""]),
    )
)
CODE_LOCATION = said(
    st.fixed_dictionaries(
        {"version": st.sampled_from(["c1", "c2"])},
        optional={
            "url": st.just("u"),
            "repoUrl": st.sampled_from(["r", "", 1]),
            "branch": st.just("main"),
            "pullRequestNumber": st.sampled_from(["7", 7]),
        },
    )
)

TIMES = [
    "2026-01-01T00:00:00Z",
    "2026-01-01T01:00:00+01:00",
    "2026-01-01T00:00:00.000000001Z",
    "2026-01-01T00:01:00",
    "2026-01-01T00:02:00.5Z",
    "2026-01-01T00:03:00.500Z",
    "2025-12-31T22:05:00-02:00",
]
"""The first two are the same instant."""
ODD_TIME: Json = st.sampled_from([*TIMES, "soon", "", None, 1])
