"""Kinds of JSON values as which the members of facets are read, and the words for them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from headwater_collector.projection.values import JSON, is_filled, is_int64, is_integer, is_number, time_of


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of values."""

    told: str
    """What a value must be, for people."""
    reads: Callable[[JSON], bool]
    needed: bool = False
    """The object that lacks it is not read at all."""


def needed(kind: Kind) -> Kind:
    """Return the kind of a member without which nothing of its object is read."""
    return replace(kind, needed=True)


TEXT: Final = Kind("a text", lambda value: isinstance(value, str))
TIME: Final = Kind("a time", lambda value: time_of(value) != "")
INTEGER: Final = Kind("an integer of 64 bits", is_int64)
NUMBER: Final = Kind("a number", is_number)
BOOLEAN: Final = Kind("true or false", lambda value: isinstance(value, bool))
SIMPLE: Final = Kind("a text, number, true or false", lambda value: isinstance(value, str | int | float))
TEXT_OR_NUMBER: Final = Kind("a text or number", lambda value: isinstance(value, str) or is_number(value))
TEXT_OR_INTEGER: Final = Kind("a text or integer", lambda value: isinstance(value, str) or is_integer(value))
OBJECT: Final = Kind("an object", lambda value: isinstance(value, dict))
ANY: Final = Kind("any value", lambda value: value is not None)
NAME: Final = needed(Kind("a text that is not empty", is_filled))
"""What a row is known by."""
