"""The digest: equal graphs, and only those, have equal digests."""

import neo4j
import pytest
from headwater_graph.digest import Digest, graph_digest
from headwater_graph.errors import GraphUnavailable
from headwater_graph.neo4j_store import Neo4jGraphStore
from headwater_graph.store import Position

GRAPH = """
CREATE (a:Dataset {key: 'dataset|n|a', name: 'a', columns: ['x', 'y']})
CREATE (b:Dataset:Model {key: 'dataset|n|b', name: 'b'})
CREATE (j:Job {key: 'job|n|j', owners: []})
CREATE (a)-[:FEEDS {runs: 2, firstSeen: datetime('2026-01-01T00:00:00.000000001Z')}]->(j)-[:PRODUCES]->(b)
CREATE (a)-[:ALIAS_OF {id: '1'}]->(b), (a)-[:ALIAS_OF {id: '2'}]->(b)
"""
OTHER_ORDER = """
CREATE (j:Job {owners: [], key: 'job|n|j'})
CREATE (b:Model:Dataset {name: 'b', key: 'dataset|n|b'})
CREATE (a:Dataset {columns: ['x', 'y'], name: 'a', key: 'dataset|n|a'})
CREATE (a)-[:ALIAS_OF {id: '2'}]->(b), (a)-[:ALIAS_OF {id: '1'}]->(b)
CREATE (j)-[:PRODUCES]->(b), (a)-[:FEEDS {firstSeen: datetime('2026-01-01T00:00:00.000000001Z'), runs: 2}]->(j)
"""
CHANGES = [
    "MATCH (n {name: 'a'}) SET n.columns = ['y', 'x']",
    "MATCH (n {name: 'a'}) SET n.columns = ['x, y']",
    "MATCH (n {name: 'a'}) SET n.name = null, n.title = 'a'",
    "MATCH (n {name: 'b'}) REMOVE n:Model",
    "MATCH (n {name: 'b'}) SET n:Endpoint",
    "MATCH ()-[r:FEEDS]->() SET r.runs = 3",
    "MATCH ()-[r:FEEDS]->() SET r.runs = '2'",
    "MATCH ()-[r:FEEDS]->() SET r.firstSeen = datetime('2026-01-01T00:00:00.000000002Z')",
    "MATCH (a)-[r:PRODUCES]->(b) CREATE (b)-[:PRODUCES]->(a) DELETE r",
    "MATCH (a)-[r:PRODUCES]->(b) CREATE (a)-[:FEEDS]->(b) DELETE r",
    "MATCH ()-[r:ALIAS_OF {id: '1'}]->() DELETE r",
    "MATCH ()-[r:ALIAS_OF {id: '1'}]->() SET r.id = '2'",
    "CREATE (:Dataset {key: 'dataset|n|c'})",
]


def built(driver: neo4j.Driver, *statements: str) -> Digest:
    for text in ("MATCH (n) DETACH DELETE n", *statements):
        driver.execute_query(text)
    return graph_digest(driver)


def test_the_order_of_making_does_not_matter(empty_graph: neo4j.Driver) -> None:
    first = built(empty_graph, GRAPH)
    assert (first.nodes, first.relationships) == (3, 4)
    assert built(empty_graph, OTHER_ORDER) == first


def test_every_change_shows(empty_graph: neo4j.Driver) -> None:
    digests = [built(empty_graph, GRAPH).sha256, *(built(empty_graph, GRAPH, change).sha256 for change in CHANGES)]
    assert len({*digests}) == len(digests)


def test_two_changes_that_swap_values_show(empty_graph: neo4j.Driver) -> None:
    swapped = built(
        empty_graph, "CREATE (:Dataset {key: 'dataset|n|a', name: 'b'}), (:Dataset {key: 'dataset|n|b', name: 'a'})"
    )
    straight = built(
        empty_graph, "CREATE (:Dataset {key: 'dataset|n|a', name: 'a'}), (:Dataset {key: 'dataset|n|b', name: 'b'})"
    )
    assert swapped != straight


def test_facts_position_and_lease_are_no_part_of_it(empty_graph: neo4j.Driver) -> None:
    before = built(empty_graph, GRAPH)
    store = Neo4jGraphStore(empty_graph)
    store.prepare()
    store.claim("log", 9, 1, "holder")
    store.transact(lambda transaction: None, Position("log", 0, 9))
    empty_graph.execute_query("CREATE (:Facts {key: 'run|x', json: '{}'})")
    assert graph_digest(empty_graph) == before
    assert built(empty_graph) == Digest("0" * 64, 0, 0)


def test_a_server_that_is_away_is_told_in_a_sentence(closed_port: int) -> None:
    with (
        neo4j.GraphDatabase.driver(f"bolt://127.0.0.1:{closed_port}", auth=("neo4j", "x")) as driver,
        pytest.raises(GraphUnavailable, match="Neo4j does not answer: "),
    ):
        graph_digest(driver)
