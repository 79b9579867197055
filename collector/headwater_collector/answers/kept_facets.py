"""Facets that are kept whole: which names there are, and who has a facet of a name."""

from typing import Any, Final

import orjson
from headwater_graph.keys import bounded, key
from headwater_graph.queries import Queries

from headwater_collector.answers import cursor, entities
from headwater_collector.errors import BadRequest

KINDS: Final = ("dataset", "job", "run", "version")
"""Kinds of nodes that facets are kept of."""

_ALL: Final = "facet|"


def names(queries: Queries, after: str | None, limit: int) -> dict[str, Any]:
    """Return a page of the names of kept facets, each once, in order."""
    (place,) = cursor.decode(after, ("",))
    found, most = list[str](), entities.most(limit)
    # A seek for each: they are few, and the facets are many.
    while len(found) < most:
        following = queries.read("facet_name_after", after=found[-1] if found else place)["names"]
        if not following:
            return {"facets": found, "nextCursor": None}
        found += following
    return {"facets": found, "nextCursor": cursor.encode(found[-1])}


def owners(queries: Queries, name: str, kind: str | None, after: str | None, limit: int) -> dict[str, Any]:
    """Return a page of the entities that have a facet of this name, all or those of a kind, each with the facet.

    A facet that a run has of one of its inputs, a job of what it reads or writes, or a version of the
    output that it is, names the dataset.
    """
    if kind is not None and kind not in KINDS:
        raise BadRequest(f"kind={kind}: it is one of {', '.join(KINDS)}.")
    prefix = key("facet", f"{kind}|") if kind else _ALL
    (place,) = cursor.decode(after, (prefix,))
    end = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    rows = queries.read("owners_of_facet", name=bounded(name), after=place, end=end, limit=entities.most(limit))
    items = rows["items"]
    facets = {item["facetKey"] for item in items}
    more = cursor.encode(items[-1]["facetKey"]) if len(facets) == limit else None
    return {"facets": [_with_facet(item) for item in items], "nextCursor": more}


def _with_facet(item: entities.Item) -> entities.Item:
    del item["facetKey"]
    about = item.pop("dataset")
    facet = orjson.loads(item.pop("json"))
    return {**entities.shown(item), **({"dataset": about} if about else {}), "facet": facet}
