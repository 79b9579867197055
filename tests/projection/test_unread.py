"""The warnings on an event: which field could not be read, where it stands, and what it must be."""

from typing import Any

import pytest
from headwater_collector.oddities import MAX_WARNINGS
from headwater_collector.projection.unread import warnings_on

from tests.reference.scenario import dataset_event, job_event, run_event


@pytest.mark.parametrize(
    ("facet", "problem"),
    [
        ({"dataSource": {"name": 5, "uri": "u"}}, "dataSource.name: must be a text"),
        ({"tags": {"tags": [{"key": "a"}, {"value": "b"}]}}, "tags.tags[1].key: must be a text that is not empty"),
        ({"ownership": {"owners": ["me"]}}, "ownership.owners[0]: must be an object"),
        ({"version": {"datasetVersion": {}, "more": 1}}, None),
        ({"version": {"datasetVersion": {"id": 7}}}, "version.datasetVersion: must be a text or number"),
        ({"columnLineage": {"fields": {"x": 1}}}, "columnLineage.fields.x: must be an object"),
        (
            {"columnLineage": {"fields": {"x": {"inputFields": [{"namespace": "n"}]}}}},
            "columnLineage.fields.x.inputFields[0].name: must be a text that is not empty",
        ),
        ({"symlinks": {"identifiers": [{"namespace": "", "name": None}, None, {}]}}, None),
        ({"dataSource": {"name": None, "uri": None}}, None),
        ({"documentation": {"description": None}}, None),
        ({"custom": {"anything": [5, {}]}}, None),
        ({"dataSource": {"name": 5, "_deleted": True}}, None),
    ],
)
def test_a_field_that_cannot_be_read_is_named(facet: dict[str, Any], problem: str | None) -> None:
    if problem is None:
        assert warnings_on(dataset_event(1, ("d", facet))) == []
        return
    expected = f"{problem}; not read"
    assert warnings_on(dataset_event(1, ("d", facet))) == [f"dataset.{expected}"]
    assert warnings_on(run_event("A", "COMPLETE", 1, ["a", ("d", facet)], [("d", facet)])) == [
        f"inputs[1].{expected}",
        f"outputs[0].{expected}",
    ]


def test_facets_of_inputs_and_outputs_are_those_of_their_place() -> None:
    rows = {"inputFacets": {"inputStatistics": {"rowCount": "many"}, "outputStatistics": {"rowCount": "many"}}}
    expected = ["inputs[0].inputStatistics.rowCount: must be an integer of 64 bits; not read"]
    assert warnings_on(run_event("A", "COMPLETE", 1, [("d", rows)])) == expected
    assert warnings_on(job_event(1, [("d", rows)])) == expected


def test_facets_that_come_with_a_parent_are_read_as_those_of_its_run_and_job() -> None:
    job = {"namespace": "n", "name": "p", "facets": {"jobType": {"integration": 1}}}
    said = {"run": {"runId": "r", "facets": {"processing_engine": {"version": [1]}}}, "job": job}
    assert warnings_on(run_event("A", "COMPLETE", 1, facets={"parent": {**said, "root": said}})) == [
        f"run.parent{of}.{problem}; not read"
        for of in ("", ".root")
        for problem in ("run.processing_engine.version: must be a text", "job.jobType.integration: must be a text")
    ]


def test_a_facet_that_is_left_out_is_told_of_once() -> None:
    event = run_event("A", "COMPLETE", 1, facets={"tags": {"tags": "gold"}})
    assert warnings_on(event) == ["tags: tags: must be a list; this facet is left out"]


def test_of_many_warnings_few_are_told() -> None:
    rows = [{"value": str(number)} for number in range(10_000)]
    found = warnings_on(dataset_event(1, ("d", {"tags": {"tags": rows}})))
    assert len(found) == MAX_WARNINGS
    assert found[-1] == f"and {10_000 - MAX_WARNINGS + 1} more"
