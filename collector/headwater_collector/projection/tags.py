"""Tags of runs, jobs, datasets and columns: what the tags facets 1-0-0 say."""

from typing import Final

from headwater_collector.projection.values import JSON, Facet, compact, is_filled, optional_text, rows_of

TAG: Final = {"tags[].key": "Tag.name", "tags[].value": "Tag.value", "tags[].source": "TAGGED.source"}
COLUMN_TAG: Final = {**TAG, "tags[].field": "(:Column)-[:TAGGED]->(:Tag)"}


def column_tags(facet: Facet) -> JSON:
    """Return ``[[key, value, source, field]]`` of a dataset's tags, field empty where the whole of it has the tag."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for row in rows_of(facet, "tags"):
        if is_filled(row.get("key")):
            name = (row["key"], _value(row.get("value")), optional_text(row, "field"))
            found[name] = [*name[:2], optional_text(row, "source"), name[2]]
    return [found[name] for name in sorted(found)]


def tags(facet: Facet) -> JSON:
    """Return ``[[key, value, source, ""]]`` of the tags of a run or job, which know no field."""
    rows = rows_of(facet, "tags")
    return column_tags({"tags": [{name: value for name, value in row.items() if name != "field"} for row in rows]})


def _value(value: JSON) -> str:
    if isinstance(value, bool | int | float):
        return compact(value)
    return value if isinstance(value, str) else ""
