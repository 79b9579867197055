"""Facets of datasets, of how they are read and written, and of jobs, drawn from small pools."""

from hypothesis import strategies as st

from tests.reference.facet_strategies import (
    COLUMNS,
    CUSTOM,
    DATASETS,
    JUNK,
    Json,
    members,
    mostly,
    named,
    said,
    some,
)
from tests.reference.run_strategies import TAGS

MORE = st.sampled_from(["m", "", 0])
_COUNT = st.sampled_from([0, 5, 7, -1, 2**63 - 1, 2**63, "5", True, 2.5])
STATISTICS = said(members(rowCount=_COUNT, size=_COUNT, fileCount=_COUNT, more=MORE))
_CONDITION = st.sampled_from(
    [{"type": "location", "locations": ["a"]}, {"b": 1, "a": "ü"}, {}, {"long": "z" * 2500}, "text", None, [1]]
)
SUBSET = said(members(inputCondition=_CONDITION, outputCondition=_CONDITION, more=MORE))
_NUMBER = st.sampled_from([0, 3, 0.5, -2, "3", True, None])
_MEASURES = members(
    nullCount=_NUMBER,
    sum=_NUMBER,
    min=_NUMBER,
    quantiles=mostly(st.dictionaries(st.sampled_from(["0.5", "0.9", ""]), _NUMBER, max_size=2), JUNK),
    other=_NUMBER,
)
METRICS = said(
    members(
        rowCount=_NUMBER,
        fileCount=_NUMBER,
        lastUpdated=st.sampled_from(["2026-01-01T00:00:00Z", ""]),
        columnMetrics=mostly(
            st.dictionaries(st.sampled_from([*COLUMNS, ""]), mostly(_MEASURES, JUNK), max_size=2), JUNK
        ),
    )
)
_OPERATIONS = ["append", "append", "DELETE", "replace", "overwrite", "", 1]
REPORT = said(
    members(
        operation=st.sampled_from(_OPERATIONS), snapshotId=st.sampled_from([1, 2, "2", "", None, 2.0, 2.5, 1e18, True])
    )
)
_CHANGES = ["RENAME", "RENAME", "rename", "CREATE", "DROP", "TRUNCATE", "ALTER", "OVERWRITE", "MOVE", "", 1]
LIFECYCLE = said(
    members(
        lifecycleStateChange=st.sampled_from(_CHANGES),
        previousIdentifier=mostly(named([*DATASETS, ("old", "t")]), st.one_of(JUNK, st.just({"name": "a"}))),
    ),
    st.fixed_dictionaries({"lifecycleStateChange": st.just("RENAME"), "previousIdentifier": named(DATASETS)}),
)
PLACES: dict[str, Json] = {
    "dataSource": said(members(name=st.sampled_from(["s", "", 1]), uri=st.sampled_from(["u", 1]), more=MORE)),
    "storage": said(
        members(storageLayer=st.sampled_from(["delta", 1]), fileFormat=st.sampled_from(["p", ""]), more=MORE)
    ),
    "catalog": said(members(name=st.sampled_from(["c", 1]), type=st.sampled_from(["hive", ""]), framework=MORE)),
    "hierarchy": said(
        members(
            hierarchy=mostly(
                some(
                    members(type=st.sampled_from(["DATABASE", "schema", ""]), name=st.sampled_from(["d", 1]), more=MORE)
                ),
                JUNK,
            ),
            more=MORE,
        )
    ),
    "tags": TAGS,
    "feast_featureView": CUSTOM,
    "feast_featureService": CUSTOM,
    "lifecycleStateChange": LIFECYCLE,
}
STATEMENTS = [
    *("INSERT INTO t SELECT 1", "/* by x */ update t SET x = 1;", "MERGE INTO t USING s", "delete from t where x = 1"),
    *("DELETE FROM t", "DELETE FROM t WHERE 1 = 1", "TRUNCATE t; INSERT INTO t SELECT 1", "CREATE TABLE t AS SELECT 1"),
    *("INSERT OVERWRITE t PARTITION (d='1') SELECT 1", "INSERT OVERWRITE t PARTITION (d) SELECT 1"),
    *("LOAD DATA INPATH 'p' INTO TABLE t", "LOAD DATA INPATH 'p' OVERWRITE INTO TABLE t"),
]
SQL = said(
    members(
        query=st.sampled_from(["select 1", "s" * 10_001, "", 1, *STATEMENTS]),
        dialect=st.sampled_from(["ansi", ""]),
        more=MORE,
    )
)
SOURCE_CODE = said(
    members(language=st.sampled_from(["python", "r", "", 1]), sourceCode=st.sampled_from(["pass", "ü", "", 1]))
)
LARGE = st.sampled_from(["z" * 65_525, "z" * 65_526, "ü" * 32_000, "ü" * 40_000]).map(lambda text: {"text": text})
"""With the 11 bytes around it, every other one is as large as a facet may be, or smaller."""
