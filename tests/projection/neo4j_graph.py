"""A real Neo4j as a `Graph`: prepared and claimed once, emptied by one statement, read back whole."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import neo4j
from headwater_collector.event import Event
from headwater_collector.projection.projector import PROJECTION_VERSION, apply
from headwater_graph.digest import Digest, graph_digest
from headwater_graph.keys import kind_of
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.neo4j_store import Neo4jGraphStore
from headwater_graph.packing import unpacked
from headwater_graph.vocabulary import LABEL_OF_KIND
from neo4j.time import DateTime

from tests.conftest import DELETE_ALL
from tests.reference.graph import Graph, present

LOG: Final = "00000000-0000-4000-8000-000000000001"

_OURS: Final = "none(label IN labels(n) WHERE label = 'Facts' OR label STARTS WITH 'Headwater')"
_EMPTY: Final = "MATCH (n) WHERE none(label IN labels(n) WHERE label STARTS WITH 'Headwater') DETACH DELETE n"
_NODES: Final = f"MATCH (n) WHERE {_OURS} RETURN collect([labels(n), properties(n)]) AS found"
_EDGES: Final = "MATCH (a)-[r]->(b) RETURN collect([type(r), a.key, b.key, properties(r)]) AS found"
_FACTS: Final = "MATCH (f:Facts) RETURN collect([f.key, f.json]) AS found"


class Neo4jUnderTest:
    """A claimed graph in Neo4j that events are applied to, and read back."""

    def __init__(self, driver: neo4j.Driver, store: Neo4jGraphStore) -> None:
        self.driver, self.store = driver, store

    def become(self, batches: Iterable[Sequence[Event]]) -> None:
        """Empty the graph and take in these batches."""
        with self.driver.session() as session:
            session.run(_EMPTY).consume()
        for batch in batches:
            self.take(batch)

    def take(self, batch: Sequence[Event]) -> None:
        """Take in a batch in one transaction."""
        self.store.transact(lambda transaction: apply(transaction, batch))

    def digest(self) -> Digest:
        """Return the digest of the graph."""
        return graph_digest(self.driver)

    def graph(self) -> Graph:
        """Return the whole graph but the facts."""
        return read_graph(self.driver)

    def facts(self) -> dict[str, str]:
        """Return the JSON of all facts by key."""
        return {key: unpacked(json) for key, json in _found(self.driver, _FACTS)}


@contextmanager
def claimed(server: ConnectionInfo) -> Iterator[Neo4jUnderTest]:
    """Lend the server's graph, emptied, prepared and claimed."""
    auth = (server.user, server.password)
    with neo4j.GraphDatabase.driver(server.uri, auth=auth, notifications_min_severity="OFF") as driver:
        with driver.session() as session:
            session.run(DELETE_ALL).consume()
        store = Neo4jGraphStore(driver)
        store.prepare()
        store.claim(LOG, 0, PROJECTION_VERSION, "tests")
        yield Neo4jUnderTest(driver, store)
        store.release()


def read_graph(driver: neo4j.Driver) -> Graph:
    """Return the whole graph in Neo4j but facts and Headwater's own nodes, times as text."""
    graph = Graph()
    for labels, properties in _found(driver, _NODES):
        key = properties.pop("key")
        label = LABEL_OF_KIND[kind_of(key)]
        assert label in labels, f"{key} is not a {label} but {labels}"
        assert key not in graph.nodes, f"{key} is there twice"
        graph.add_node(key, labels, **_plain(properties))
    for type_, source, target, properties in _found(driver, _EDGES):
        identity = (type_, source, target, properties.get("id", ""))
        assert identity not in graph.edges, f"{identity} is there twice"
        graph.edges[identity] = present({k: v for k, v in _plain(properties).items() if k != "id"})
    return graph


def _plain(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _text(value) if isinstance(value, DateTime) else value for name, value in properties.items()}


def _text(time: DateTime) -> str:
    whole, offset, nothing = time.iso_format().partition("+00:00")
    assert offset, f"{time} is not in UTC"
    assert not nothing
    return f"{whole}Z"


def _found(driver: neo4j.Driver, query: str) -> list[Any]:
    with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
        return list(session.run(query).single(strict=True)["found"])
