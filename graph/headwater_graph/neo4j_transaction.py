"""One transaction of the projector in Neo4j: what it reads of facts, and how a change is written."""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, Final

import neo4j
from neo4j.time import DateTime

from headwater_graph import templates
from headwater_graph.change import Edge, GraphChange, Node
from headwater_graph.errors import LeaseLost
from headwater_graph.keys import kind_of
from headwater_graph.packing import packed, unpacked
from headwater_graph.statements import statement
from headwater_graph.store import Position, TimelineSlice
from headwater_graph.vocabulary import LABEL_OF_KIND

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
        found = self._row("write/timeline", keys=datasets, since=since)
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
