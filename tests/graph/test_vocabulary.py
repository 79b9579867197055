"""The vocabulary against what derives from it: constraints and indexes, and every statement that writes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import neo4j
import pytest
from headwater_graph import templates
from headwater_graph.change import Edge
from headwater_graph.keys import key
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.statements import statement
from headwater_graph.vocabulary import (
    EVIDENCE,
    FLOW,
    LABEL_OF_KIND,
    LABELS,
    OPEN_END,
    RELATIONSHIPS,
    Label,
    Property,
    Relationship,
)
from neo4j.time import DateTime

from tests.projection.neo4j_graph import Neo4jUnderTest, claimed

INTERNAL = ("Facts", "HeadwaterLease", "HeadwaterPosition", "HeadwaterGraph", "HeadwaterMigration")
EXAMPLE: dict[str, Any] = {
    "text": "text",
    "texts": ["a", "b"],
    "integer": 3,
    "number": 0.5,
    "flag": True,
    "time": "2026-01-31T12:00:00.000000001Z",
}
PAIRS = [(r, *pair) for r in RELATIONSHIPS for pair in r.pairs]
EXTRAS = [(label, (extra,)) for label in LABELS for extra in label.extra_labels]
SCANS = ("AllNodesScan", "NodeByLabelScan", "DirectedAllRelationshipsScan", "UndirectedAllRelationshipsScan")


@pytest.fixture(scope="module")
def graph(neo4j_server: ConnectionInfo) -> Iterator[Neo4jUnderTest]:
    with claimed(neo4j_server) as graph:
        yield graph


def run(graph: Neo4jUnderTest, text: str, **parameters: Any) -> neo4j.ResultSummary:
    with graph.driver.session() as session:
        return session.run(text, parameters).consume()


def value(graph: Neo4jUnderTest, text: str, **parameters: Any) -> Any:
    with graph.driver.session() as session:
        return session.run(text, parameters).single(strict=True).value()


def row(properties: tuple[Property, ...]) -> dict[str, Any]:
    return {p.name: EXAMPLE[p.kind] for p in properties}


def node_key(label: str, name: str) -> str:
    return key(next(kind for kind, of in LABEL_OF_KIND.items() if of == label), "test", name)


def operators(plan: dict[str, Any]) -> list[str]:
    name = plan["operatorType"].partition("@")[0]
    return [name, *(o for child in plan.get("children", ()) for o in operators(child))]


def plan_of(graph: Neo4jUnderTest, text: str, **parameters: Any) -> list[str]:
    summary = run(graph, "EXPLAIN " + text, **parameters)
    assert summary.plan is not None
    return operators(summary.plan)


def refute_scan(graph: Neo4jUnderTest, text: str, *, eager: bool, **parameters: Any) -> None:
    found = plan_of(graph, text, **parameters)
    assert not {*found} & {*SCANS}, f"{found} in the plan of\n{text}"
    assert any("Seek" in operator or operator == "MergeUniqueNode" for operator in found), (
        f"no seek in {found} of\n{text}"
    )
    assert eager or "Eager" not in found, f"Eager in {found} of\n{text}"


def test_each_kind_of_key_belongs_to_one_label_and_all_names_are_declared_once() -> None:
    kinds = [kind for label in LABELS for kind in label.kinds]
    assert len(kinds) == len({*kinds})
    assert len({label.name for label in LABELS}) == len(LABELS)
    assert len({r.name for r in RELATIONSHIPS}) == len(RELATIONSHIPS)
    for part in (*LABELS, *RELATIONSHIPS):
        assert part.description
        assert all(p.description for p in part.properties)
        assert len({p.name for p in part.properties}) == len(part.properties)


def test_relationships_join_labels_of_the_vocabulary() -> None:
    names = {label.name for label in LABELS}
    assert {label for _, source, target in PAIRS for label in (source, target)} <= names
    assert all(len(r.pairs) == len({*r.pairs}) for r in RELATIONSHIPS)


def test_data_flows_along_these_types_only() -> None:
    assert FLOW == {
        "design": ("FEEDS", "PRODUCES"),
        "run": ("FEEDS", "READ_BY", "WROTE", "CARRIED_INTO"),
        "column": ("DERIVES",),
        "alias": ("ALIAS_OF",),
    }
    assert next(iter(EVIDENCE)) == "LINEAGE"
    assert OPEN_END > "9999-12-30"


def test_constraints_in_the_database_are_those_of_the_vocabulary(graph: Neo4jUnderTest) -> None:
    found = value(
        graph,
        "SHOW CONSTRAINTS YIELD name, type, labelsOrTypes, properties "
        "RETURN collect([name, type, labelsOrTypes, properties])",
    )
    wanted = [f"key_{name}" for name in (*(label.name for label in LABELS), *INTERNAL)]
    assert sorted(name for name, *_ in found) == sorted(wanted)
    for name, type_, labels, properties in found:
        assert type_ in ("UNIQUENESS", "NODE_PROPERTY_UNIQUENESS")
        assert (labels, properties) == ([name.removeprefix("key_")], ["key"])


def test_indexes_in_the_database_are_those_of_the_vocabulary(graph: Neo4jUnderTest) -> None:
    found = value(
        graph,
        "SHOW INDEXES YIELD name, type, labelsOrTypes, properties, owningConstraint, state "
        "WHERE owningConstraint IS NULL AND type <> 'LOOKUP' "
        "RETURN collect([name, type, labelsOrTypes, properties, state])",
    )
    wanted = [["_".join((x.name, *p)), "RANGE", [x.name], [*p], "ONLINE"] for x in LABELS for p in x.indexes]
    wanted.append(["headwaterNames", "FULLTEXT", ["Dataset", "Job"], ["name", "namespace"], "ONLINE"])
    assert sorted([name, type_, sorted(labels), *rest] for name, type_, labels, *rest in found) == sorted(wanted)


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.name)
def test_nodes_are_written_whole_and_removed(graph: Neo4jUnderTest, label: Label) -> None:
    name = node_key(label.name, "written")
    full = {"key": name, **row(label.properties)}
    rows = [templates.node_row(label.name, name, full)]
    assert run(graph, templates.write_nodes(label.name, ()), rows=rows).counters.nodes_created == 1
    assert run(graph, templates.write_nodes(label.name, ()), rows=rows).counters.nodes_created == 0
    found = value(graph, f"MATCH (n:{label.name} {{key: $key}}) RETURN properties(n)", key=name)
    times = {p.name for p in label.properties if p.kind == "time"}
    assert {n for n, v in found.items() if isinstance(v, DateTime)} == times
    assert {n: v for n, v in found.items() if n not in times} == {n: v for n, v in full.items() if n not in times}
    run(graph, templates.write_nodes(label.name, ()), rows=[templates.node_row(label.name, name, {})])
    assert value(graph, f"MATCH (n:{label.name} {{key: $key}}) RETURN properties(n)", key=name) == {"key": name}
    assert run(graph, templates.remove_nodes(label.name), keys=[name]).counters.nodes_deleted == 1


@pytest.mark.parametrize(("relationship", "source", "target"), PAIRS, ids=lambda p: getattr(p, "name", p))
def test_edges_are_written_once_and_removed(
    graph: Neo4jUnderTest, relationship: Relationship, source: str, target: str
) -> None:
    type_ = relationship.name
    ends = {"sourceKey": node_key(source, "from"), "targetKey": node_key(target, "to")}
    for label, end in ((source, ends["sourceKey"]), (target, ends["targetKey"])):
        run(graph, templates.write_nodes(label, ()), rows=[templates.node_row(label, end, {})])
    properties = row(relationship.properties)
    full = Edge(type_, ends["sourceKey"], ends["targetKey"], properties, properties.get("id", ""))
    write, remove = templates.write_edges(type_, source, target), templates.remove_edges(type_, source, target)
    assert run(graph, write, rows=[templates.edge_row(full)]).counters.relationships_created == 1
    assert run(graph, write, rows=[templates.edge_row(full)]).counters.relationships_created == 0
    query = f"MATCH ({{key: $sourceKey}})-[r:{type_}]->({{key: $targetKey}}) RETURN properties(r)"
    found = value(graph, query, **ends)
    assert found.keys() == {p.name for p in relationship.properties}
    assert {n for n, v in found.items() if isinstance(v, DateTime)} == {
        p.name for p in relationship.properties if p.kind == "time"
    }
    run(graph, write, rows=[templates.edge_row(replace(full, properties={}))])
    assert value(graph, query, **ends).keys() <= {"id"}
    some = tuple(p.name for p in relationship.properties if p.name != "id")[::2]
    if some:
        run(graph, templates.write_edges(type_, source, target, some), rows=[templates.edge_row(full, some)])
    assert value(graph, query, **ends).keys() - {"id"} == set(some)
    identity = [*ends.values(), full.id]
    assert run(graph, remove, rows=[identity]).counters.relationships_deleted == 1
    assert run(graph, remove, rows=[identity]).counters.relationships_deleted == 0


@pytest.mark.parametrize("type_", ["DERIVES", "ALIAS_OF"])
def test_parallel_edges_are_told_apart_by_their_id(graph: Neo4jUnderTest, type_: str) -> None:
    (label, _), *_ = next(r.pairs for r in RELATIONSHIPS if r.name == type_)
    ends = {"sourceKey": node_key(label, "p1"), "targetKey": node_key(label, "p2")}
    run(graph, templates.write_nodes(label, ()), rows=[templates.node_row(label, end, {}) for end in ends.values()])
    edges = [Edge(type_, ends["sourceKey"], ends["targetKey"], {}, id_) for id_ in ("one", "two")]
    rows = [templates.edge_row(edge) for edge in edges]
    assert run(graph, templates.write_edges(type_, label, label), rows=rows).counters.relationships_created == 2
    removed = run(graph, templates.remove_edges(type_, label, label), rows=[[*ends.values(), "one"]])
    assert removed.counters.relationships_deleted == 1
    query = f"MATCH ({{key: $sourceKey}})-[r:{type_}]->({{key: $targetKey}}) RETURN collect(r.id)"
    assert value(graph, query, **ends) == ["two"]


def test_an_edge_outside_the_vocabulary_has_no_statement() -> None:
    with pytest.raises(ValueError, match=r"knows no \(:Job\)-\[:FEEDS\]->\(:Dataset\)"):
        templates.write_edges("FEEDS", "Job", "Dataset")
    with pytest.raises(ValueError, match="knows no"):
        templates.remove_edges("RUN_OF", "Job", "Run")
    with pytest.raises(KeyError):
        templates.write_edges("OWNS", "Job", "Run")
    with pytest.raises(KeyError):
        templates.write_nodes("Person", ())


@pytest.mark.parametrize("label", LABELS, ids=lambda label: label.name)
def test_nodes_are_sought_by_key(graph: Neo4jUnderTest, label: Label) -> None:
    refute_scan(graph, templates.write_nodes(label.name, ()), eager=False, rows=[])
    refute_scan(graph, templates.remove_nodes(label.name), eager=True, keys=[])
    refute_scan(graph, templates.remove_orphans(label.name), eager=True, keys=[])


@pytest.mark.parametrize(("relationship", "source", "target"), PAIRS, ids=lambda p: getattr(p, "name", p))
def test_edges_are_sought_by_the_keys_of_their_ends(
    graph: Neo4jUnderTest, relationship: Relationship, source: str, target: str
) -> None:
    refute_scan(graph, templates.write_edges(relationship.name, source, target), eager=False, rows=[])
    names = tuple(p.name for p in relationship.properties if p.name != "id")
    if names:
        refute_scan(graph, templates.write_edges(relationship.name, source, target, names), eager=False, rows=[])
    refute_scan(graph, templates.remove_edges(relationship.name, source, target), eager=True, rows=[])


@pytest.mark.parametrize(("label", "extra"), EXTRAS, ids=lambda p: getattr(p, "name", p))
def test_labels_are_set_without_reading_on(graph: Neo4jUnderTest, label: Label, extra: tuple[str, ...]) -> None:
    refute_scan(graph, templates.write_nodes(label.name, extra), eager=False, rows=[])


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("facts", {"rows": []}),
        ("read_facts", {"keys": []}),
        ("remove_facts", {"keys": []}),
        ("runs_of", {"key": ""}),
        ("datasets_after", {"after": "", "limit": 1}),
        ("runs_touching", {"keys": []}),
        ("timeline", {"keys": [], "since": EXAMPLE["time"]}),
        ("hold_lease", {"token": "", "seconds": 1}),
        ("take_lease", {"token": "", "holder": "", "seconds": 1}),
        ("drop_lease", {"token": ""}),
        ("set_position", {"key": "", "offset": 1}),
        ("claim_graph", {"log": "", "projection": 1}),
        ("record_migration", {"name": "", "checksum": ""}),
    ],
)
def test_statements_of_the_projector_seek(graph: Neo4jUnderTest, name: str, parameters: dict[str, Any]) -> None:
    refute_scan(graph, statement(f"write/{name}"), eager=True, **parameters)


def test_labels_of_versions_are_set_by_the_key_of_their_dataset(graph: Neo4jUnderTest) -> None:
    refute_scan(graph, templates.set_version_labels(("ModelVersion",)), eager=True, keys=[])
