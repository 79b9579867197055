"""The facets that events say, to compare those with which are kept."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tests.compatibility.state import Row, name_of

_PLACES: Final = ("facets", "inputFacets", "outputFacets")


def kept_differences(bodies: Iterable[bytes], entities: Iterable[Row]) -> list[str]:
    """Return a line for each kept facet of an entity that is not what some event says."""
    said: dict[str, list[Any]] = {}
    for name, facet in (pair for body in bodies for pair in facets(json.loads(body))):
        said.setdefault(name, []).append(facet)
    return [
        f"{name_of(entity)}: no event says the facet {name} that is kept"
        for entity in entities
        for kept in (entity.get("facets", {}), *_of_accesses(entity))
        for name, facet in kept.items()
        if facet not in said.get(name, [])
    ]


def _of_accesses(entity: Row) -> Iterator[Any]:
    for name in ("inputFacets", "outputFacets"):
        yield from entity.get(name, {}).values()


def facets(event: Any) -> Iterator[tuple[str, Any]]:
    """Yield the facets of an event, those within facets included."""
    if isinstance(event, list):
        for element in event:
            yield from facets(element)
    elif isinstance(event, dict):
        for name, value in event.items():
            if name in _PLACES and isinstance(value, dict):
                yield from value.items()
            yield from facets(value)
