"""Facets of runs, drawn from small pools."""

from hypothesis import strategies as st

from tests.reference.facet_strategies import (
    CODE_LOCATION,
    CUSTOM,
    DELETED,
    DOCUMENTATION,
    JOB_TYPE,
    JOBS,
    JUNK,
    ODD_TIME,
    RUN_IDS,
    Json,
    members,
    mostly,
    named,
    often,
    said,
    some,
    with_members,
)

_INNER_RUN = often({"errorMessage": st.just({"message": "inner"}), "custom": CUSTOM, "parent": st.just({"run": 1})}, 1)
_INNER_JOB = often({"documentation": DOCUMENTATION, "sourceCodeLocation": CODE_LOCATION, "jobType": JOB_TYPE}, 1)
REFERENCE = st.fixed_dictionaries(
    {
        "run": with_members(
            st.fixed_dictionaries({"runId": st.sampled_from(RUN_IDS)}),
            mostly(st.just({}), members(facets=mostly(_INNER_RUN, JUNK)), 2),
        ),
        "job": with_members(named(JOBS), mostly(st.just({}), members(facets=mostly(_INNER_JOB, JUNK)), 2)),
    }
)
"""A run and its job, as a parent or root, sometimes with facets of them."""
_BROKEN_REFERENCE = members(
    run=st.sampled_from([{}, {"runId": ""}, {"runId": "r1"}, {"runId": True}]), job=mostly(named(JOBS), JUNK)
)
_WITH_ROOT = st.tuples(REFERENCE, mostly(REFERENCE, JUNK)).map(lambda drawn: {**drawn[0], "root": drawn[1]})
PARENT = mostly(st.one_of(REFERENCE, _WITH_ROOT), st.one_of(_BROKEN_REFERENCE, DELETED, JUNK), 5)
RUN_FACETS: dict[str, Json] = {
    "nominalTime": said(members(nominalStartTime=ODD_TIME, nominalEndTime=ODD_TIME)),
    "errorMessage": said(
        members(message=st.sampled_from(["oops", "x" * 2001, "", 1]), stackTrace=st.sampled_from(["at", ""]))
    ),
    "processing_engine": said(
        members(name=st.sampled_from(["spark", "", 1]), version=st.sampled_from(["3", ""]), more=st.just("m"))
    ),
    "executionParameters": said(
        members(
            parameters=mostly(
                some(
                    members(
                        key=st.sampled_from(["lr", "seed", ""]),
                        name=st.sampled_from(["n", "lr", 1]),
                        value=st.sampled_from(["1", 1, 0.5, None, True, [1]]),
                    )
                ),
                JUNK,
            )
        )
    ),
    "headwater_seeds": said(
        members(
            seeds=mostly(
                st.dictionaries(st.sampled_from(["numpy", "torch"]), st.sampled_from([1, "1", 1.5, True])), JUNK
            ),
            deterministic=st.sampled_from([True, False]),
        )
    ),
    "headwater_environment": said(
        members(
            python=st.sampled_from(["3.11", 3]),
            os=st.just("linux"),
            image=st.just(""),
            packages=mostly(
                some(members(name=st.sampled_from(["p", "q", ""]), version=st.sampled_from(["1", "2", None]))), JUNK
            ),
            hardware=mostly(st.dictionaries(st.sampled_from(["cpu", "gpu"]), st.sampled_from(["a", 1])), JUNK),
        )
    ),
    "headwater_codeState": said(
        members(dirty=st.sampled_from([True, False, 1]), diffSha256=st.sampled_from(["f", ""]))
    ),
    "headwater_metrics": said(
        members(
            metrics=mostly(
                some(
                    members(
                        name=st.sampled_from(["auc", "f1", ""]),
                        value=st.sampled_from([1, 0.5, "1", True]),
                        split=st.sampled_from(["test", "", 1]),
                        step=st.sampled_from([0, 1, "1", True]),
                    )
                ),
                JUNK,
            )
        )
    ),
    "custom": CUSTOM,
}

TAG = members(
    key=st.sampled_from(["pii", "pii", "team", "", 1]),
    value=st.sampled_from(["yes", "", None, 1, "1", True, [1], 0.5]),
    source=st.sampled_from(["hand", "scan", "", 1]),
    field=st.sampled_from(["x", "y", "", 1]),
    more=st.sampled_from([0, "m"]),
)
TAGS = said(st.fixed_dictionaries({"tags": some(TAG)}), members(tags=mostly(some(TAG), JUNK)))
_DEPENDENCY = st.fixed_dictionaries(
    {"job": mostly(named(JOBS), JUNK, 9)},
    optional={
        "run": mostly(st.fixed_dictionaries({"runId": st.sampled_from([*RUN_IDS, "r3", "", True])}), JUNK),
        "dependency_type": st.sampled_from(["DIRECT", "", 1]),
        "type": st.sampled_from(["TASK", ""]),
        "sequence_trigger_rule": st.sampled_from(["FINISH_TO_START", "", 1]),
        "status_trigger_rule": st.just("EXECUTE_ON_SUCCESS"),
        "more": st.sampled_from(["m", ""]),
    },
)
DEPENDENCIES = said(
    members(
        upstream=mostly(some(_DEPENDENCY), JUNK),
        downstream=mostly(some(_DEPENDENCY), JUNK),
        trigger_rule=st.sampled_from(["all_done", ""]),
    )
)
_TEST = members(
    name=st.sampled_from(["not null", "unique", "", 1]),
    status=st.sampled_from(["pass", "SUCCESS", "fail", "", 1]),
    severity=st.sampled_from(["error", 1]),
    expected=st.just("1"),
    actual=st.just("2"),
    type=st.just("data"),
    content=st.sampled_from(["select 1", ""]),
    params=st.sampled_from([{}, {"a": 1}]),
)
TESTS = said(st.fixed_dictionaries({"tests": some(_TEST)}), members(tests=JUNK))
OTHER_RUN_FACETS: dict[str, Json] = {
    "errorMessage": RUN_FACETS["errorMessage"],
    "spark.exception": said(members(message=st.sampled_from(["spark", "y" * 2001, "", 1]), stackTrace=st.just("at"))),
    "extractionError": said(members(failedTasks=st.sampled_from([0, 2, -1, "1", True]), totalTasks=st.just(3))),
    "externalQuery": said(
        members(
            externalQueryId=st.sampled_from(["q1", "q2", "", 1]),
            source=st.sampled_from(["snowflake", "", 1]),
            more=st.sampled_from(["m", 0]),
        )
    ),
    "environmentVariables": said(
        members(
            environmentVariables=mostly(
                some(
                    members(
                        name=st.sampled_from(["PATH", "HOME", "", 1]),
                        value=st.sampled_from(["a", "b", "", None, 1, True, [1]]),
                        more=st.sampled_from(["m", ""]),
                    )
                ),
                JUNK,
            )
        )
    ),
    "airflow": said(
        members(
            taskInstance=mostly(
                members(try_number=st.sampled_from([1, 2, "1", True]), map_index=st.sampled_from([-1, 0, 3, "0"])),
                JUNK,
            ),
            dagRun=mostly(members(run_id=st.sampled_from(["scheduled", "", 1])), JUNK),
        )
    ),
    "tags": TAGS,
    "test": TESTS,
}

QUERY = said(
    members(
        query_type=st.sampled_from(["MERGE", "update", "DELETE", "ALTER_TABLE_EXECUTE", "INSERT", "", 1]),
        user=st.just("someone"),
    )
)
"""Run facets trino_query_context."""
DBT_NODE = said(members(unique_id=st.sampled_from(["model.a", "model.b", "", 1])))
"""Job facets dbt_node."""
