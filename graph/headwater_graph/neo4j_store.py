"""The graph in Neo4j: what the projector reads and writes, in one transaction per batch."""

import time
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final, TypeVar

import neo4j
from neo4j.time import DateTime

from headwater_graph import migrations, templates
from headwater_graph.change import Edge, GraphChange, Node
from headwater_graph.driver_errors import graph_errors
from headwater_graph.errors import GraphRefused, LeaseLost
from headwater_graph.keys import kind_of
from headwater_graph.packing import packed, unpacked
from headwater_graph.statements import statement
from headwater_graph.store import GraphTransaction, Position, TimelineSlice
from headwater_graph.vocabulary import LABEL_OF_KIND

T = TypeVar("T")

LEASE_SECONDS: Final = 30
"""How long a projector that is gone without a word keeps others from taking its place."""

READ_CHUNK: Final = 5000
"""Keys per statement, so that no parameter grows without bound."""

CLEAR_CHUNK: Final = 5000
"""Nodes that are removed in one transaction when a graph is emptied."""


class Silence:
    """How long the database has not answered what it was asked: a server that hangs raises no error for long."""

    def __init__(self) -> None:
        self._since = 0.0

    def begin(self) -> None:
        """Note that something was asked."""
        self._since = time.monotonic()

    def end(self) -> None:
        """Note that it was answered, or given up."""
        self._since = 0.0

    def seconds(self) -> float:
        """Return how long the answer is awaited, 0 while nothing is asked; may be called from any thread."""
        since = self._since
        return time.monotonic() - since if since else 0.0


class Neo4jTransaction:
    """A `GraphTransaction` in a Neo4j transaction."""

    def __init__(self, transaction: neo4j.ManagedTransaction, silence: Silence | None = None) -> None:
        """Use this transaction."""
        self._transaction = transaction
        self._silence = silence or Silence()

    def facts(self, keys: Iterable[str]) -> dict[str, str]:
        """Return the JSON of the facts of those scopes that have any."""
        wanted = list(keys)
        found: dict[str, str] = {}
        for start in range(0, len(wanted), READ_CHUNK):
            stored = self._value("write/read_facts", keys=wanted[start : start + READ_CHUNK])
            found.update((key, unpacked(json)) for key, json in stored)
        return found

    def runs_of(self, job: str) -> list[str]:
        """Return the keys of the runs of the job with this key."""
        return list(self._value("write/runs_of", key=job))

    def runs_touching(self, datasets: Iterable[str]) -> list[str]:
        """Return the keys of the runs that read or wrote any version of the datasets with these keys."""
        return list(self._value("write/runs_touching", keys=list(datasets)))

    def datasets(self, after: str, limit: int) -> list[str]:
        """Return the keys of up to `limit` datasets that follow this key, in order."""
        return list(self._value("write/datasets_after", after=after, limit=limit))

    def timeline(self, datasets: Sequence[str], since: str) -> TimelineSlice:
        """Return what a change at or after `since` concerns of the datasets' common timeline."""
        text = statement("write/timeline")
        found = self._transaction.run(text, keys=datasets, since=since).single(strict=True)
        return TimelineSlice({key: _text(time) for key, time in found["writes"]}, list(found["reads"]))

    def write(self, change: GraphChange) -> None:
        """Write the change: what goes, then nodes, then relationships, then facts, then what nothing refers to."""
        self._remove_edges(change.removed_edges)
        for label, keys in _by_label(change.removed_nodes).items():
            self._run(templates.remove_nodes(label), keys=keys)
        self._nodes(change.nodes)
        self._edges(change)
        for extra, datasets in _grouped(change.relabelled.items()).items():
            self._run(templates.set_version_labels(extra), keys=datasets)
        rows = [[key, packed(text)] for key, text in sorted(change.facts.items()) if text]
        self._rows(statement("write/facts"), rows)
        gone = sorted(key for key, text in change.facts.items() if not text)
        if gone:
            self._run(statement("write/remove_facts"), keys=gone)
        for label, keys in _by_label(change.orphans).items():
            self._run(templates.remove_orphans(label), keys=keys)

    def hold_lease(self, token: str) -> None:
        """Renew the lease and keep others out until the end of the transaction; raises `LeaseLost`."""
        found = self._transaction.run(statement("write/hold_lease"), token=token, seconds=LEASE_SECONDS).single()
        if found is None:
            raise LeaseLost("another Headwater writes this graph now: stop one of the two")

    def set_position(self, position: Position) -> None:
        """Note how far the graph has taken in a log."""
        key = f"{position.log}|{position.partition}"
        self._run(statement("write/set_position"), key=key, offset=position.offset)

    def clear_some(self) -> int:
        """Remove some nodes, whatever they are, and return how many; 0 when only Headwater's own are left."""
        return int(self._value("write/clear_some", limit=CLEAR_CHUNK))

    def forget_log(self) -> None:
        """Make the graph a function of no log again."""
        self._run(statement("write/forget_log"))

    def _nodes(self, nodes: Mapping[str, Node]) -> None:
        for label, keys in _by_label(nodes).items():
            for extra, named in _grouped((key, nodes[key].labels) for key in keys).items():
                rows = [templates.node_row(label, key, nodes[key].properties) for key in named]
                self._rows(templates.write_nodes(label, extra), rows)

    def _edges(self, change: GraphChange) -> None:
        groups: dict[tuple[str, str, str, tuple[str, ...] | None], list[Edge]] = defaultdict(list)
        for identity, edge in sorted(change.edges.items(), key=itemgetter(0)):
            known = change.known.get(identity) if identity not in change.removed_edges else None
            groups[edge.type, _label(edge.source), _label(edge.target), _differing(known, edge)].append(edge)
        for (type_, source, target, names), edges in sorted(groups.items(), key=lambda group: str(group[0])):
            rows = [templates.edge_row(edge, names) for edge in edges]
            self._rows(templates.write_edges(type_, source, target, names), rows)

    def _remove_edges(self, identities: Iterable[tuple[str, str, str, str]]) -> None:
        groups: dict[tuple[str, str, str], list[list[str]]] = defaultdict(list)
        for type_, source, target, id_ in sorted(identities):
            groups[type_, _label(source), _label(target)].append([source, target, id_])
        for names in sorted(groups):
            self._rows(templates.remove_edges(*names), groups[names])

    def _rows(self, text: str, rows: Sequence[Sequence[Any]]) -> None:
        for start in range(0, len(rows), READ_CHUNK):
            self._run(text, rows=rows[start : start + READ_CHUNK])

    def _run(self, text: str, **parameters: Any) -> None:
        self._silence.begin()
        self._transaction.run(text, parameters).consume()
        self._silence.end()

    def _value(self, name: str, **parameters: Any) -> Any:
        return self._row(name, **parameters).value()

    def _row(self, name: str, **parameters: Any) -> neo4j.Record:
        self._silence.begin()
        found = self._transaction.run(statement(name), parameters).single(strict=True)
        self._silence.end()
        return found


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


def _differing(known: Edge | None, edge: Edge) -> tuple[str, ...] | None:
    """Return the names of the properties in which an edge differs from the one that is there; None if none is."""
    if known is None:
        return None
    names = {*known.properties, *edge.properties}
    return tuple(sorted(name for name in names if known.properties.get(name) != edge.properties.get(name)))


def _text(time: DateTime) -> str:
    """Return a time of the graph as text; all are written in UTC."""
    return time.iso_format().partition("+")[0] + "Z"


def _label(key: str) -> str:
    return LABEL_OF_KIND[kind_of(key)]


def _by_label(keys: Iterable[str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = defaultdict(list)
    for key in sorted(keys):
        groups[_label(key)].append(key)
    return groups


def _grouped(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> dict[tuple[str, ...], list[str]]:
    groups: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for key, extra in sorted(pairs):
        groups[extra].append(key)
    return groups
