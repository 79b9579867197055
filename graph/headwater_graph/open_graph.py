"""A graph as a whole: whose it is, how far it is, its digest, and its end."""

from dataclasses import dataclass
from typing import Final

import neo4j

from headwater_graph.digest import Digest, graph_digest
from headwater_graph.driver_errors import graph_errors
from headwater_graph.neo4j_store import Neo4jGraphStore
from headwater_graph.statements import statement
from headwater_graph.vocabulary import LABELS

OWN_LABELS: Final = (
    *(label.name for label in LABELS),
    *("Facts", "HeadwaterGraph", "HeadwaterLease", "HeadwaterMigration", "HeadwaterPosition"),
)
"""Every label that Headwater's nodes have; each node of a graph that is Headwater's alone has one."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a graph is a function of, and how much it holds."""

    log: str | None
    """The UUID of the event log that it was built from; None if Headwater never wrote to it."""
    projection: int | None
    position: int
    """The offset up to which it holds that log."""
    nodes: int
    """All nodes but migrations and the lease."""


@dataclass(frozen=True, slots=True)
class OpenGraph:
    """A database that a driver is connected to."""

    driver: neo4j.Driver
    database: str | None
    address: str
    """Where it is, to be shown."""

    def standing(self) -> Standing:
        """Tell how the graph stands."""
        with graph_errors(), self._reading() as session:
            found = session.run(statement("write/standing")).single(strict=True)
        return Standing(found["log"], found["projection"], found["offset"], found["nodes"])

    def foreign_nodes(self) -> int:
        """Return how many nodes are not Headwater's; reads all of them."""
        with graph_errors(), self._reading() as session:
            found = session.run(statement("write/foreign_nodes"), labels=list(OWN_LABELS)).single(strict=True)
        return int(found["nodes"])

    def digest(self) -> Digest:
        """Read the whole graph and return its digest."""
        return graph_digest(self.driver, self.database)

    def store(self) -> Neo4jGraphStore:
        """Return what writes it."""
        return Neo4jGraphStore(self.driver, self.database)

    def _reading(self) -> neo4j.Session:
        return self.driver.session(database=self.database, default_access_mode=neo4j.READ_ACCESS)
