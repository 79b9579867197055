"""Migrations of the graph: which are pending, what is refused, and that preparing twice changes nothing."""

import neo4j
import pytest
from headwater_graph import migrations
from headwater_graph.errors import GraphRefused
from headwater_graph.migrations import known_migrations, pending
from headwater_graph.neo4j_store import Neo4jGraphStore

RECORDED = "MATCH (m:HeadwaterMigration) RETURN collect([m.key, m.checksum, m.appliedAt]) AS found"


def recorded(driver: neo4j.Driver) -> list[list[object]]:
    return sorted(driver.execute_query(RECORDED).records[0]["found"])


def test_migrations_are_numbered_without_gaps_and_hold_statements() -> None:
    known = known_migrations()
    assert [m.name[:6] for m in known] == [f"V{number:03}__" for number in range(1, len(known) + 1)]
    assert all(m.statements and not any("//" in s or not s for s in m.statements) for m in known)


def test_a_new_graph_lacks_all_and_a_prepared_one_none() -> None:
    known = known_migrations()
    assert pending({}) == known
    assert pending({m.name: m.checksum for m in known}) == []
    assert pending({m.name: m.checksum for m in known[1:]}) == known[:1]


def test_an_unknown_migration_asks_for_a_newer_headwater() -> None:
    with pytest.raises(GraphRefused, match=r"V999__later, which this Headwater does not know: upgrade"):
        pending({"V999__later": "0" * 64})


def test_a_migration_with_another_text_is_refused() -> None:
    first = known_migrations()[0]
    with pytest.raises(GraphRefused, match=f"{first.name} was applied with another text: replay"):
        pending({first.name: "0" * 64})


def test_preparing_records_each_migration_once(empty_graph: neo4j.Driver) -> None:
    store = Neo4jGraphStore(empty_graph)
    store.prepare()
    first = recorded(empty_graph)
    assert [row[:2] for row in first] == [[m.name, m.checksum] for m in known_migrations()]
    store.prepare()
    assert recorded(empty_graph) == first


def test_preparing_refuses_a_graph_of_a_newer_headwater(empty_graph: neo4j.Driver) -> None:
    store = Neo4jGraphStore(empty_graph)
    store.prepare()
    empty_graph.execute_query("CREATE (:HeadwaterMigration {key: 'V999__later', checksum: 'x'})")
    with pytest.raises(GraphRefused, match="V999__later"):
        store.prepare()


def test_statements_may_be_repeated_after_a_crash_between_them(empty_graph: neo4j.Driver) -> None:
    for _ in range(2):
        for migration in migrations.known_migrations():
            for text in migration.statements:
                empty_graph.execute_query(text)
