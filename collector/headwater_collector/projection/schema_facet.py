"""The schema facet 1-2-0 of a dataset: its columns, and which facets tell of some of them only."""

from collections.abc import Mapping
from typing import Any, Final

from headwater_collector.projection.values import JSON, Facet, inner, is_filled, optional_text, rows_of

SCHEMA: Final = {
    "fields[].name": "Dataset.columns",
    "fields[].type": "Dataset.columnTypes",
    "fields[].ordinal_position": "Dataset.columns",
}
TRINO_QUERY: Final = "trino_query_context"
"""Key of the run facet that says what kind of query Trino ran."""

_OF_SOME_COLUMNS: Final = frozenset({"ALTER_TABLE_EXECUTE", "DELETE", "MERGE", "UPDATE"})
"""Queries of Trino whose outputs come with those columns alone that they change."""


def schema(facet: Facet) -> JSON:
    """Return ``[names, types]`` of the schema facet 1-2-0, nested fields with dots."""
    names: list[str] = []
    types: list[str] = []
    _fields(rows_of(facet, "fields"), "", names, types)
    return [names, types]


def _fields(fields: list[JSON], prefix: str, names: list[str], types: list[str]) -> None:
    for each in fields:
        if not isinstance(each, dict) or not is_filled(each.get("name")):
            continue
        names.append(prefix + each["name"])
        types.append(optional_text(each, "type"))
        if isinstance(each.get("fields"), list):
            _fields(each["fields"], names[-1] + ".", names, types)


def misplaced(facet: Facet) -> bool:
    """Return whether a schema facet gives its fields other positions than it lists them in."""
    said = [(n, f.get("ordinal_position")) for n, f in enumerate(facet.get("fields") or (), 1) if isinstance(f, dict)]
    return any(position not in (None, n) for n, position in said)


def is_untyped(facet: Facet) -> bool:
    """Return whether no column of a schema facet has a type: on an input, that is how Trino tells what it read."""
    return not any(is_filled(field.get("type")) for field in rows_of(facet, "fields"))


def changes_some(run_facets: Mapping[str, Any]) -> bool:
    """Return whether a run is a query whose outputs come with those columns alone that it changes."""
    return optional_text(inner(run_facets, TRINO_QUERY), "query_type").upper() in _OF_SOME_COLUMNS
