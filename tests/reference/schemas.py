"""The schema of a dataset: said as a whole, or by a query that names but the columns that it used."""

from collections.abc import Iterable

from headwater_collector.event import EventKind

from tests.reference.reading import Facet, Mention, entries, facet, is_deleted, items, text
from tests.reference.registers import latest

CHANGING = ("MERGE", "UPDATE", "DELETE", "ALTER_TABLE_EXECUTE")
"""Kinds of Trino's queries that tell of their outputs only what they change."""


def schema_of(mentions: Iterable[Mention]) -> Facet | None:
    """Return the schema of a dataset out of all that names it: the latest whole one, or else the latest partial one.

    A deleted one ends what was said before it of either.
    """
    said = [(m, schema) for m in mentions if (schema := facet(m.body, "schema")) is not None]
    whole = ((m.token, s) for m, s in said if is_deleted(s) or not is_partial(m, s))
    partial = ((m.token, s) for m, s in said if is_deleted(s) or is_partial(m, s))
    found = latest(whole, "schema")
    return latest(partial, "schema") if found is None else found


def is_partial(mention: Mention, schema: Facet) -> bool:
    """Return whether a schema tells but of the columns that a query read or changed."""
    if mention.event.kind is not EventKind.RUN:
        return False
    if mention.role == "input":
        return all(text(entries(column).get("type")) is None for column in items(schema.get("fields")))
    query = facet(mention.event.body["run"], "trino_query_context") or {}
    return (text(query.get("query_type")) or "").upper() in CHANGING
