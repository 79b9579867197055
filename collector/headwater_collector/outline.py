"""The outline of an event: what has a meaning for Headwater, without reading what is too large."""

from collections.abc import Iterable
from typing import Any, Final

from headwater_collector.event_json import read_json
from headwater_collector.large_json import Large, LargeArray, LargeObject

_OF_EVENT: Final = frozenset(
    {"eventTime", "eventType", "producer", "schemaURL", "run", "job", "dataset", "inputs", "outputs"}
)
_OF_OWNER: Final = frozenset({"runId", "namespace", "name", "facets", "inputFacets", "outputFacets"})


def outline(event: Large) -> object:
    """Return the event with the members that have a meaning; facets and lists that are large are still `Large`."""
    if isinstance(event, LargeArray):
        return event
    found = event.pick(_OF_EVENT, read_json)
    return found | {field: _owner(found[field]) for field in ("run", "job", "dataset") if field in found}


def datasets_of(event: Iterable[Any] | LargeArray) -> Iterable[Any]:
    """Return the elements of an event's inputs or outputs; of a large dataset its outline."""
    return map(_owner, event.elements(read_json)) if isinstance(event, LargeArray) else event


def facets_in(owner: dict[str, Any] | LargeObject) -> Iterable[tuple[str, Any]]:
    """Return the members of an object of facets; those that are large are still `Large`."""
    return owner.items(read_json) if isinstance(owner, LargeObject) else owner.items()


def _owner(found: Any) -> Any:
    return found.pick(_OF_OWNER, read_json) if isinstance(found, LargeObject) else found
