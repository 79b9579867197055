"""What becomes of the parts of facets that no property or edge holds, in small stories."""

import json
from typing import Any

from tests.reference.graph import Graph
from tests.reference.scenario import columns, dataset_event, edge, edges, graph_of, job_event, run_event, version


def kept(graph: Graph, name: str) -> list[tuple[Any, Any, Any]]:
    """Return role, dataset and content of the facets of this name that are kept."""
    nodes = graph.of_label("Facet").values()
    return sorted((p.get("role"), p.get("dataset"), json.loads(p["json"])) for p in nodes if p["name"] == name)


def derived(*ways: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return facets in which the column t.x comes from a.x."""
    source = {"namespace": "n", "name": "a", "field": "x", "transformations": [*ways]}
    return {"columnLineage": {"fields": {"x": {"inputFields": [source], **more}}}}


def test_the_latest_facet_that_says_an_edge_describes_it() -> None:
    first = run_event("A", "COMPLETE", 1, ["a"], [("t", derived({"type": "DIRECT", "description": "a.x"}))])
    second = run_event("B", "COMPLETE", 2, ["a"], [("t", derived({"type": "DIRECT", "description": "a.x + 1"}))])
    assert edge(graph_of(first, second), "a.x -DERIVES-> t.x")["description"] == "a.x + 1"
    silent = run_event("C", "COMPLETE", 3, ["a"], [("t", derived({"type": "DIRECT"}))])
    assert "description" not in edge(graph_of(first, second, silent), "a.x -DERIVES-> t.x")


def test_what_describes_an_edge_in_several_ways_stands_line_by_line() -> None:
    ways = ({"type": "DIRECT", "description": text} for text in ("b", "a", "b"))
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("t", derived(*ways, transformationDescription="old"))]))
    assert edge(graph, "a.x -DERIVES-> t.x")["description"] == "a\nb"
    legacy = derived(transformationDescription="old", transformationType="IDENTITY")
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("t", legacy)]))
    assert edge(graph, "a.x -DERIVES-> t.x")["description"] == "old"
    assert kept(graph, "columnLineage") == []


def test_a_long_description_is_cut_and_the_facet_kept() -> None:
    facets = derived({"type": "DIRECT", "description": "x" * 2001})
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("t", facets)]))
    assert edge(graph, "a.x -DERIVES-> t.x")["description"] == "x" * 2000
    assert kept(graph, "columnLineage") == [("output", "dataset|n|t", facets["columnLineage"])]


def test_column_lineage_of_an_input_is_kept_and_draws_nothing() -> None:
    said = columns(x="b.x")
    graph = graph_of(run_event("A", "COMPLETE", 1, [("a", said)], ["t"]))
    assert kept(graph, "columnLineage") == [("input", "dataset|n|a", said["columnLineage"])]
    assert edges(graph, "DERIVES") == set()


def test_a_job_keeps_what_it_says_of_its_inputs_and_outputs_until_it_says_otherwise() -> None:
    rows = {"inputFacets": {"inputStatistics": {"rowCount": 1}}}
    graph = graph_of(job_event(1, [("a", rows)], [("t", version("7"))]), job_event(2, ["a"], ["t"]))
    assert kept(graph, "inputStatistics") == [("input", "dataset|n|a", {"rowCount": 1})]
    assert kept(graph, "version") == [("output", "dataset|n|t", {"datasetVersion": "7"})]
    assert edges(graph, "HAS_FACET") == {
        "job job -HAS_FACET-> facet inputStatistics",
        "job job -HAS_FACET-> facet version",
    }
    more = {"inputFacets": {"inputStatistics": {"rowCount": 2}}}
    cleared = ("t", {"version": {"_deleted": True}})
    later = graph_of(job_event(1, [("a", rows)], [("t", version("7"))]), job_event(2, [("a", more)], [cleared]))
    assert kept(later, "inputStatistics") == [("input", "dataset|n|a", {"rowCount": 2})]
    assert kept(later, "version") == []


def test_zero_and_false_are_said() -> None:
    graph = graph_of(dataset_event(1, ("d", {"storage": {"storageLayer": "x", "compressed": False, "level": 0}})))
    assert len(kept(graph, "storage")) == 1
    nothing: dict[str, Any] = {"storageLayer": "x", "a": None, "b": "", "c": [], "d": {}, "_e": 1}
    assert kept(graph_of(dataset_event(1, ("d", {"storage": nothing}))), "storage") == []


def test_positions_that_are_the_order_of_the_fields_say_no_more() -> None:
    fields = [{"name": "a", "ordinal_position": 1}, {"name": "b", "ordinal_position": 2}]
    assert kept(graph_of(dataset_event(1, ("d", {"schema": {"fields": fields}}))), "schema") == []
    swapped = {"fields": fields[::-1]}
    assert kept(graph_of(dataset_event(1, ("d", {"schema": swapped}))), "schema") == [(None, None, swapped)]


def test_a_change_keeps_the_name_before_from_which_nothing_flows() -> None:
    said = {"lifecycleStateChange": "ALTER", "previousIdentifier": {"namespace": "n", "name": "old"}}
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("t", {"lifecycleStateChange": said})]))
    assert kept(graph, "lifecycleStateChange") == [("output", "dataset|n|t", said)]
    renamed = {**said, "lifecycleStateChange": "RENAME"}
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("t", {"lifecycleStateChange": renamed})]))
    assert kept(graph, "lifecycleStateChange") == []


def test_metrics_of_an_output_keep_when_they_were_taken() -> None:
    said = {"rowCount": 3, "lastUpdated": "2026-01-01T00:00:00Z"}
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], [("t", {"dataQualityMetrics": said})]))
    assert kept(graph, "dataQualityMetrics") == [("output", "dataset|n|t", said)]


def test_a_facet_with_a_field_that_cannot_be_read_counts_and_is_kept_whole() -> None:
    said = {"nominalTime": {"nominalStartTime": "yesterday", "nominalEndTime": "2026-01-01T00:00:00Z"}}
    graph = graph_of(run_event("A", "COMPLETE", 1, ["a"], ["t"], facets=said))
    assert kept(graph, "nominalTime") == [(None, None, said["nominalTime"])]
    (run,) = graph.of_label("Run").values()
    assert run["nominalEnd"] == "2026-01-01T00:00:00.000000000Z"
    assert "nominalStart" not in run


def test_a_row_without_what_it_is_known_by_is_kept_with_its_facet() -> None:
    said = {"tags": {"tags": [{"key": "tier", "value": "gold"}, {"value": "lost"}]}}
    graph = graph_of(dataset_event(1, ("d", said)))
    assert [tag["name"] for tag in graph.of_label("Tag").values()] == ["tier"]
    assert kept(graph, "tags") == [(None, None, said["tags"])]
    nothing = {"tags": {"tags": [{"key": "tier", "value": "gold"}, {"key": None, "value": ""}, {}, None]}}
    assert kept(graph_of(dataset_event(1, ("d", nothing))), "tags") == []
