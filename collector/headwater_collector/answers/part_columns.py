"""Columns of one field of a dataset and of its parts as one column, that of the whole."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from headwater_graph.keys import column_key
from headwater_graph.queries import Queries

from headwater_collector.answers import names, node
from headwater_collector.answers.granularity import Parts
from headwater_collector.answers.names import Thing
from headwater_collector.errors import NotFound

Row = list[Any]
"""Key, namespace, name, field and key of the dataset of a column, and what else the statement returns of it."""


@dataclass(slots=True)
class PartColumns:
    """The columns of parts that an answer has met; without parts each column is by itself."""

    parts: Parts | None
    _members: dict[str, list[str]] = field(default_factory=dict)

    def fold(self, queries: Queries, rows: Iterable[Row]) -> list[Row]:
        """Return columns as they are shown, in the same order: those of parts as the ones of the whole."""
        rows = list(rows)
        if self.parts is None:
            return rows
        self.parts.meet_named(queries, {row[4] for row in rows})
        if sum(map(len, self._members.values())) < len(self.parts.owners):
            self._members = defaultdict(list)
            for part, whole in self.parts.owners.items():
                self._members[whole].append(part)
        return [self._folded(row, self.parts) for row in rows]

    def _folded(self, row: Row, parts: Parts) -> Row:
        of = parts.owners.get(row[4])
        if of is None:
            return row
        name = parts.wholes[of]["name"]
        return [column_key(row[1], name, row[3]), row[1], name, row[3], of, *row[5:]]

    def members(self, dataset: str) -> list[str]:
        """Return the keys of the dataset and of its parts, whichever of its names they lie under."""
        named = self.parts.names.of(dataset) if self.parts else (dataset,)
        return [dataset, *(part for name in named for part in self._members.get(name, ()))]

    def asked(self, columns: Iterable[Row]) -> list[list[Any]]:
        """Return the datasets that have these columns, with the fields of each."""
        found: dict[str, set[str]] = defaultdict(set)
        for column in columns:
            for dataset in self.members(column[4]):
                found[dataset].add(column[3])
        return [[dataset, sorted(fields)] for dataset, fields in found.items()]

    def node(self, row: Row) -> node.Node:
        """Return the node of a column, with what is folded into it."""
        whole = self.parts.wholes.get(row[4], {}) if self.parts else {}
        return node.column(*row[:5]) | {name: whole[name] for name in ("parts", "foldedBy") if name in whole}


def named(queries: Queries, text: str, parts: Parts) -> Thing | None:
    """Return the column name#field that a text names, of which only parts are known to have it; None if none has."""
    name, _, of_field = text.removeprefix("column:").rpartition("#")
    whole = _whole(queries, name, parts) if name and of_field else None
    if whole is None:
        return None
    said = whole.as_json()
    if not queries.read("by_keys", keys=names.column_keys(parts.of(queries, whole.key), of_field))["found"]:
        return None
    about = {"namespace": said["namespace"], "name": said["name"], "field": of_field, "datasetKey": whole.key}
    return Thing(column_key(said["namespace"], said["name"], of_field), (), about)


def _whole(queries: Queries, name: str, parts: Parts) -> Thing | None:
    try:
        return names.find(queries, name, ("dataset",))
    except NotFound:
        return parts.named(queries, name)
