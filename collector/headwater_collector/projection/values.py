"""Reading the values of a facet: what is not as it should be is left out, or makes the facet `Malformed`."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Final

import orjson

from headwater_collector.event_time import utc_time

JSON = Any
Facet = Mapping[str, JSON]
Extractor = Callable[[Facet], JSON]

_INTEGERS: Final = range(-(2**63), 2**63)
"""Integers that the graph can hold."""


class Malformed(ValueError):
    """A facet without the shape that its projection needs; the facet is skipped and the event keeps a warning."""


def text_of(facet: Facet, name: str) -> str:
    """Return a text that must be there; raises `Malformed`."""
    value = facet.get(name)
    if not isinstance(value, str):
        raise Malformed(f"{name}: must be a text")
    return value


def optional_text(facet: Facet, name: str) -> str:
    """Return a text, empty where there is none."""
    value = facet.get(name)
    return value if isinstance(value, str) else ""


def rows_of(facet: Facet, name: str) -> list[dict[str, JSON]]:
    """Return the objects of a list, none where it is absent; raises `Malformed` for anything but a list."""
    rows = facet.get(name)
    if not isinstance(rows, list | None):
        raise Malformed(f"{name}: must be a list")
    return [row for row in rows or () if isinstance(row, dict)]


def object_of(facet: Facet, name: str) -> dict[str, JSON]:
    """Return an object, empty where it is absent; raises `Malformed` for anything else."""
    value = facet.get(name)
    if not isinstance(value, dict | None):
        raise Malformed(f"{name}: must be an object")
    return value or {}


def inner(facet: Facet, name: str) -> dict[str, JSON]:
    """Return an object, empty where it is none."""
    value = facet.get(name)
    return value if isinstance(value, dict) else {}


def integer_of(facet: Facet, name: str) -> int | None:
    """Return an integer that the graph can hold, else None."""
    value = facet.get(name)
    return value if is_int64(value) else None


def counted(facet: Facet, name: str) -> int | None:
    """Return an integer that is not negative, else None."""
    value = integer_of(facet, name)
    return value if value is not None and value >= 0 else None


def pairs_of(facet: Facet, name: str) -> list[str]:
    """Return ``key=value`` for the texts and integers of an object, sorted by key."""
    simple = {k: v for k, v in object_of(facet, name).items() if isinstance(v, str) or is_integer(v)}
    return [f"{key}={simple[key]}" for key in sorted(simple)]


def time_of(value: JSON) -> str:
    """Return a time as in `Event.time`, empty where it cannot be read."""
    with suppress(ValueError):
        return utc_time(value)[0] if isinstance(value, str) else ""
    return ""


def as_text(value: JSON) -> str:
    """Return a value as text: a text as it is, nothing for null, all else as compact JSON."""
    return value if isinstance(value, str) else "" if value is None else compact(value)


def compact(value: JSON) -> str:
    """Return a value as JSON with sorted keys."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def is_filled(value: JSON) -> bool:
    """Return whether a value is a text that is not empty."""
    return isinstance(value, str) and value != ""


def is_number(value: JSON) -> bool:
    """Return whether a value is a number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_integer(value: JSON) -> bool:
    """Return whether a value is an integer."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_int64(value: JSON) -> bool:
    """Return whether a value is an integer that the graph can hold."""
    return is_integer(value) and value in _INTEGERS


def plain_text(value: JSON) -> str:
    """Return a text or number as text, empty for anything else."""
    return str(value) if isinstance(value, str) or is_number(value) else ""
