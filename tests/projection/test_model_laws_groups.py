"""Aliases at run level in small stories: which version is read under one name of many."""

from tests.reference.scenario import dataset_event, edge, edges, graph_of, links, names, node, run_event, version

GONE = {"symlinks": {"_deleted": True}}


def test_what_is_written_under_one_name_is_read_under_the_other_whichever_says_the_link() -> None:
    told = dataset_event(0, ("path", links("table")))
    there = graph_of(told, run_event("A", "COMPLETE", 1, [], ["path"]), run_event("B", "COMPLETE", 2, ["table"]))
    assert edges(there, "READ_BY") == {"path@A -READ_BY-> run B"}
    assert edge(there, "path@A -READ_BY-> run B") == {"evidence": "ALL_INPUTS", "inferred": True}
    back = graph_of(told, run_event("A", "COMPLETE", 1, [], ["table"]), run_event("B", "COMPLETE", 2, ["path"]))
    assert edges(back, "READ_BY") == {"table@A -READ_BY-> run B"}


def test_links_lead_on_to_names_that_no_link_joins_directly() -> None:
    graph = graph_of(
        dataset_event(0, ("a", links("b"))),
        dataset_event(0, ("c", links("b"))),
        run_event("A", "COMPLETE", 1, [], ["a"]),
        run_event("B", "COMPLETE", 2, ["c"]),
    )
    assert edges(graph, "READ_BY") == {"a@A -READ_BY-> run B"}


def test_only_the_current_links_count() -> None:
    story = (run_event("A", "COMPLETE", 1, [], ["path"]), run_event("B", "COMPLETE", 2, ["table"]))
    for parted in (dataset_event(9, ("path", GONE)), dataset_event(9, ("path", links("other")))):
        graph = graph_of(dataset_event(0, ("path", links("table"))), *story, parted)
        assert edges(graph, "READ_BY") == {"table@?B -READ_BY-> run B"}


def test_a_link_said_long_after_joins_what_was_read_before() -> None:
    graph = graph_of(
        run_event("A", "COMPLETE", 1, [], ["path"]),
        run_event("B", "COMPLETE", 2, ["table"]),
        dataset_event(9, ("table", links("path"))),
    )
    assert edges(graph, "READ_BY") == {"path@A -READ_BY-> run B"}


def test_a_read_takes_the_newest_version_of_any_name_written_strictly_before() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "COMPLETE", 1, [], ["path"]),
        run_event("B", "COMPLETE", 2, [], ["table"]),
        run_event("C", "COMPLETE", 3, [], ["path"]),
        run_event("D", "COMPLETE", 3, ["table"]),
        run_event("E", "COMPLETE", 4, ["table"]),
    )
    assert edges(graph, "READ_BY") == {"table@B -READ_BY-> run D", "path@C -READ_BY-> run E"}


def test_of_versions_written_at_one_time_the_greatest_key_is_read() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("B", "COMPLETE", 1, [], ["path"]),
        run_event("A", "COMPLETE", 1, [], ["table"]),
        run_event("C", "COMPLETE", 2, ["path"]),
    )
    assert edges(graph, "READ_BY") == {"table@A -READ_BY-> run C"}


def test_a_failed_write_under_another_name_is_not_read() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "FAIL", 1, [], ["path"]),
        run_event("B", "COMPLETE", 2, ["table"]),
    )
    assert edges(graph, "READ_BY") == {"table@?B -READ_BY-> run B"}


def test_where_nothing_was_written_the_unknown_version_is_of_the_name_that_was_read() -> None:
    graph = graph_of(dataset_event(0, ("path", links("table"))), run_event("A", "COMPLETE", 1, ["path"]))
    assert edges(graph, "READ_BY") == {"path@?A -READ_BY-> run A"}
    assert edges(graph, "VERSION_OF") == {"path@?A -VERSION_OF-> path"}


def test_a_version_known_under_its_own_name_is_that_one() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "FAIL", 1, [], [("table", version(7))]),
        run_event("B", "COMPLETE", 2, [], [("path", version(7))]),
        run_event("C", "COMPLETE", 3, [("table", version(7))]),
    )
    assert edges(graph, "READ_BY") == {"table@7 -READ_BY-> run C"}
    assert edge(graph, "table@7 -READ_BY-> run C") == {"evidence": "ALL_INPUTS", "inferred": False}


def test_a_version_known_under_other_names_is_that_of_the_least_of_them() -> None:
    graph = graph_of(
        dataset_event(0, ("b", links("a", "table"))),
        run_event("A", "COMPLETE", 1, [], [("b", version(7))]),
        run_event("B", "COMPLETE", 2, [], [("a", version(7))]),
        run_event("C", "COMPLETE", 3, [("table", version(7))]),
    )
    assert edge(graph, "a@7 -READ_BY-> run C") == {"evidence": "ALL_INPUTS", "inferred": False, "namedVersion": "7"}
    assert len(edges(graph, "READ_BY")) == 1


def test_a_version_that_is_written_after_it_was_read_under_another_name_is_the_one_that_was_meant() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "COMPLETE", 1, [("table", version(7))]),
        run_event("B", "COMPLETE", 2, [], [("path", version(7))]),
    )
    assert edges(graph, "READ_BY") == {"path@7 -READ_BY-> run A"}


def test_names_that_part_leave_what_was_read_to_the_name_that_was_read() -> None:
    for path, table in (("a", "b"), ("b", "a")):
        graph = graph_of(
            dataset_event(0, (path, links(table))),
            run_event("A", "COMPLETE", 1, [], [path]),
            run_event("B", "COMPLETE", 2, [table]),
            dataset_event(9, (path, GONE)),
        )
        assert edges(graph, "READ_BY") == {f"{table}@?B -READ_BY-> run B"}


def test_a_version_published_under_another_name_counts_as_well() -> None:
    graph = graph_of(
        dataset_event(5, ("path", {**links("table"), **version(7)})),
        run_event("A", "COMPLETE", 1, [("table", version(7))]),
    )
    assert edge(graph, "path@7 -READ_BY-> run A")["inferred"] is False


def test_a_version_that_only_readers_name_is_the_newest_versionless_write_of_any_name_before() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "COMPLETE", 1, [], ["path"]),
        run_event("B", "COMPLETE", 2, [], [("path", version(6))]),
        run_event("C", "COMPLETE", 3, [("table", version(7))]),
        run_event("D", "COMPLETE", 4, [], ["path"]),
        run_event("E", "COMPLETE", 5, [("table", version(7))]),
    )
    assert edges(graph, "READ_BY") == {"path@A -READ_BY-> run C", "path@A -READ_BY-> run E"}
    assert edge(graph, "path@A -READ_BY-> run E") == {
        "evidence": "ALL_INPUTS",
        "inferred": True,
        "namedVersion": "7",
    }


def test_the_first_reading_of_a_version_is_one_under_the_same_name() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "COMPLETE", 1, [], ["path"]),
        run_event("B", "COMPLETE", 2, [("path", version(7))]),
        run_event("C", "COMPLETE", 3, [], ["path"]),
        run_event("D", "COMPLETE", 4, [("table", version(7))]),
    )
    assert edges(graph, "READ_BY") == {"path@A -READ_BY-> run B", "path@C -READ_BY-> run D"}


def test_a_version_that_stands_for_nothing_known_is_of_the_name_that_was_read() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "COMPLETE", 2, [], ["path"]),
        run_event("B", "COMPLETE", 1, [("table", version(7))]),
    )
    assert edges(graph, "READ_BY") == {"table@7 -READ_BY-> run B"}
    assert node(graph, "table@7") == {"datasetKey": "dataset|n|table", "version": "7", "source": "EXPLICIT"}


def test_writes_and_versions_keep_the_names_that_were_said() -> None:
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "COMPLETE", 1, [], ["path"]),
        run_event("B", "COMPLETE", 2, ["table"], ["table"]),
    )
    assert edges(graph, "WROTE") == {"run A -WROTE-> path@A", "run B -WROTE-> table@B"}
    assert edges(graph, "VERSION_OF") == {"path@A -VERSION_OF-> path", "table@B -VERSION_OF-> table"}
    assert edges(graph, "FEEDS", "PRODUCES") == {
        "job job -PRODUCES-> path",
        "table -FEEDS-> job job",
        "job job -PRODUCES-> table",
    }


def test_a_run_that_reads_two_names_of_one_dataset_has_one_edge_and_what_was_said_of_the_surer_read() -> None:
    said = {"inputFacets": {"inputStatistics": {"rowCount": 5}}}
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "COMPLETE", 1, [], [("path", version(1))]),
        run_event("B", "COMPLETE", 2, [("path", {**version(1), **said}), "table"]),
    )
    assert edges(graph, "READ_BY") == {"path@1 -READ_BY-> run B"}
    assert edge(graph, "path@1 -READ_BY-> run B") == {"evidence": "ALL_INPUTS", "inferred": False, "rowCount": 5}


def test_checks_under_one_name_are_of_the_version_written_under_the_other() -> None:
    checks = {"dataQualityAssertions": {"assertions": [{"assertion": "not_null", "success": True}]}}
    graph = graph_of(
        dataset_event(0, ("path", links("table"))),
        run_event("A", "COMPLETE", 1, [], ["path"]),
        run_event("B", "COMPLETE", 2, [("table", {"inputFacets": checks})], job="check"),
    )
    assert edges(graph, "CHECKED") == {"assertion not_null -CHECKED-> path@A"}
    assert names(graph, "DatasetVersion") == {"path@A"}
