"""What the graph holds of a facet in properties and edges, and whether a facet says more than that. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

Held = Mapping[str, "Held | None"]
"""Members that are held, each with those of its own (or of its elements) that are; None for all that may be in it.

The member ``*`` is any member.
"""

_NOT_HELD: Final[Held] = {}


def held(paths: Iterable[str]) -> Held:
    """Return what these paths name: ``tests[].name`` is a member of each element of a list, ``a.b`` of an object."""
    found: dict[str, Any] = {}
    for path in paths:
        *above, last = path.replace("[]", "").split(".")
        inner = found
        for name in above:
            inner = inner.setdefault(name, {})
        inner[last] = None
    return found


def says_more(value: Any, known: Held | None) -> bool:
    """Return whether there is anything in a value besides what is held of it; nulls and empty values are nothing."""
    if known is None or is_nothing(value):
        return False
    if isinstance(value, list):
        return any(says_more(each, known) for each in value)
    if not isinstance(value, Mapping):
        return True
    return any(
        not name.startswith("_") and says_more(each, known.get(name, known.get("*", _NOT_HELD)))
        for name, each in value.items()
    )


def is_nothing(value: Any) -> bool:
    """Return whether a value says nothing: null, or a text, list or object that is empty."""
    return value is None or (isinstance(value, str | list | dict) and not value)
