"""The comparison sees what is missing, too many or different."""

import json

import pytest

from tests.compatibility.comparison import ANY, entity_differences, shortened
from tests.compatibility.kept import kept_differences
from tests.compatibility.state import Row

JOB: Row = {"key": "job|n|a", "type": "TASK", "inputs": ["dataset|n|d"], "runs": 2, "facets": {"airflow": {"x": 1}}}
EDGE: Row = {"source": "dataset|n|d", "target": "job|n|a", "type": "FEEDS", "evidence": "ALL_INPUTS"}


@pytest.mark.parametrize("row", [JOB, EDGE])
def test_what_is_as_expected(row: Row) -> None:
    assert entity_differences([row], [{**row, "more": 1}]) == []
    assert entity_differences(shortened([row]), [row]) == []


@pytest.mark.parametrize(
    ("expected", "found", "line"),
    [
        ([JOB], [], "job|n|a: no such entity"),
        ([], [JOB], "job|n|a: was not expected"),
        ([EDGE], [], "dataset|n|d -[FEEDS]-> job|n|a: no such entity"),
        ([EDGE], [{**EDGE, "evidence": "LINEAGE"}], "evidence is 'LINEAGE' instead of 'ALL_INPUTS'"),
        ([JOB], [{**JOB, "type": "DAG"}], "type is 'DAG' instead of 'TASK'"),
        ([JOB], [{**JOB, "runs": 2.0}], "runs is 2.0 instead of 2"),
        ([JOB], [{**JOB, "inputs": []}], "inputs is [] instead of ['dataset|n|d']"),
        ([JOB], [{**JOB, "inputs": ["dataset|n|e"]}], "inputs[0] is 'dataset|n|e' instead of 'dataset|n|d'"),
        ([JOB], [{name: JOB[name] for name in ("key", "type", "inputs", "facets")}], "runs is not there"),
        ([JOB], [{**JOB, "facets": {"airflow": {}}}], "facets.airflow.x is not there"),
        ([JOB], [{**JOB, "facets": {"airflow": {"x": 1}, "sql": {}}}], "the facet sql was not expected"),
        ([{**JOB, "type": ANY}], [{**JOB, "type": None}], "type is None instead of"),
    ],
)
def test_a_difference_is_told(expected: list[Row], found: list[Row], line: str) -> None:
    (told,) = entity_differences(expected, found)
    assert line in told


def test_a_kept_facet_that_no_event_says_is_told() -> None:
    event = {"run": {"facets": {"parent": {"job": {"facets": {"airflow": {"x": 1}}}}}}, "inputs": []}
    body = json.dumps(event).encode()
    assert kept_differences([body], [JOB]) == []
    assert kept_differences([body], [{**JOB, "facets": {"airflow": {"x": 2}}}]) != []
    assert kept_differences([body], [{**JOB, "facets": {"other": {"x": 1}}}]) != []
    assert kept_differences([body], [{**JOB, "inputFacets": {"dataset|n|d": {"airflow": {"x": 2}}}}]) != []
