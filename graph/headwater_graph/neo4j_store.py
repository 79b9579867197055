"""The graph in Neo4j, claimed by one projector: its migrations, its lease, and one transaction per batch."""

import uuid
from collections.abc import Callable
from typing import TypeVar

import neo4j

from headwater_graph import migrations
from headwater_graph.driver_errors import graph_errors
from headwater_graph.errors import GraphRefused
from headwater_graph.neo4j_transaction import LEASE_SECONDS, Neo4jTransaction, Silence
from headwater_graph.statements import statement
from headwater_graph.store import GraphTransaction, Position

T = TypeVar("T")


class Neo4jGraphStore:
    """A `GraphStore` in Neo4j."""

    def __init__(self, driver: neo4j.Driver, database: str | None = None) -> None:
        """Use this database of this server; None is the server's default."""
        self._driver = driver
        self._database = database
        self._token = ""
        self._silence = Silence()

    def silent_seconds(self) -> float:
        """Return how long a transaction has been waiting for the database; may be called from any thread."""
        return self._silence.seconds()

    def prepare(self) -> None:
        """Bring constraints and indexes up to date, which needs no lease; raises `GraphRefused` for a newer graph."""
        with graph_errors(), self._session() as session:
            applied = dict(session.run(statement("write/applied_migrations")).single(strict=True).value())
            for migration in migrations.pending(applied):
                for text in migration.statements:
                    session.run(text).consume()
                parameters = {"name": migration.name, "checksum": migration.checksum}
                session.run(statement("write/record_migration"), parameters).consume()
            session.run("CALL db.awaitIndexes(120)").consume()

    def claim(self, log: str, log_end: int, projection: int, holder: str) -> None:
        """Become the one projector of this graph, for this log.

        Raises `GraphRefused` if the graph is a function of another or of a longer log, or of another version of the
        projection, or if another holder has the lease; the message says what to do.
        """
        token = str(uuid.uuid4())
        with graph_errors(), self._session() as session:
            graph = session.run(statement("write/claim_graph"), log=log, projection=projection).single(strict=True)
            if graph["log"] != log:
                raise GraphRefused(
                    f"this graph was built from event log {graph['log']}, but this data folder holds log {log}: use "
                    "the folder of that log, or another database (HEADWATER_NEO4J_URI, HEADWATER_NEO4J_DATABASE), or "
                    "empty this one"
                )
            if graph["projection"] != projection:
                raise GraphRefused(
                    f"this graph was built by version {graph['projection']} of the projection and this is version "
                    f"{projection}: build it anew with 'headwater replay'"
                )
            at = self.position(log)
            if at > log_end:
                raise GraphRefused(
                    f"this graph has taken in {at} entries of its event log, but the log in this data folder ends at "
                    f"{log_end}: the folder was restored from an older copy. Use the right folder, or another database"
                )
            parameters = {"holder": holder, "token": token, "seconds": LEASE_SECONDS}
            lease = session.run(statement("write/take_lease"), parameters).single(strict=True)
        if lease["token"] != token:
            raise GraphRefused(
                f"another Headwater writes this graph ({lease['holder']}, lease until {lease['expiresAt']}): stop it, "
                "or wait until its lease has ended"
            )
        self._token = token

    def release(self) -> None:
        """Give the lease back, if it is held."""
        if self._token:
            with graph_errors(), self._session() as session:
                session.run(statement("write/drop_lease"), token=self._token).consume()
            self._token = ""

    def position(self, log: str, partition: int = 0) -> int:
        """Return the offset up to which the log is in the graph, 0 for none."""
        with graph_errors(), self._session() as session:
            found = dict(session.run(statement("write/read_positions")).single(strict=True).value())
        return int(found.get(f"{log}|{partition}", 0))

    def transact(self, work: Callable[[GraphTransaction], T], position: Position | None = None) -> T:
        """Run the work in one transaction that also moves the position; repeat it on transient errors."""

        def whole(graph: Neo4jTransaction) -> T:
            found = work(graph)
            if position:
                graph.set_position(position)
            return found

        return self._under_lease(whole)

    def clear(self) -> None:
        """Empty the claimed graph; once it is a function of no log, it can be claimed for any. Repeat it after a crash.

        The lease is kept and renewed all the while.
        """
        while self._under_lease(Neo4jTransaction.clear_some):
            pass
        self._under_lease(Neo4jTransaction.forget_log)

    def _under_lease(self, work: Callable[[Neo4jTransaction], T]) -> T:
        def whole(transaction: neo4j.ManagedTransaction) -> T:
            graph = Neo4jTransaction(transaction, self._silence)
            graph.hold_lease(self._token)
            found = work(graph)
            self._silence.begin()
            return found

        self._silence.begin()
        try:
            with graph_errors(), self._session() as session:
                return session.execute_write(whole)
        finally:
            self._silence.end()

    def _session(self) -> neo4j.Session:
        return self._driver.session(database=self._database)
