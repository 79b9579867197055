"""Facets with a field that is not as its schema says: a value of each other type of JSON, or none at all."""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import count
from typing import Any, Final

from tests.compatibility.fields import MARK, Field

Json = Any
Place = str | int
"""A member of an object or an element of a list."""

_FILLER: Final = MARK.replace("3", "4")
_OTHER: Final = "misfit-9b21"
_NUMBER: Final = 918_273
_VALUES: Final[tuple[Json, ...]] = (_OTHER, _NUMBER, True, [_OTHER], {_OTHER: _OTHER})


@dataclass(frozen=True)
class Misfit:
    """A facet with one field that does not fit."""

    facet: Json
    told: str
    """Name of the field, as a warning has it."""
    shown: tuple[str, ...]
    """What must be found in the graph where no warning tells of the field and the facet is not kept."""
    other: Json = None
    """The same facet with false for true, where only the difference between the two can tell."""


def places(field: Field) -> list[Place]:
    """Return the way to a field in its facet."""
    ways: dict[str, Place] = {"[]": 0, "*": "any"}
    return [ways.get(step, step) for step in field.path if isinstance(step, str)]


def of_other_types(field: Field) -> Iterator[Misfit]:
    """Yield facets with each other type in the field, and at each object or list that it is in."""
    way = places(field)
    for depth in range(1, len(way) + 1):
        at = way[:depth]
        for value in _VALUES:
            if not isinstance(value, type(_found(field.facet, at))):
                facet = _changed(field.facet, at, value)
                other = _changed(field.facet, at, False) if value is True else None
                yield Misfit(facet, _told(at), () if value is True else (str(_mark(value)),), other)


def missing(field: Field) -> tuple[Misfit, Misfit]:
    """Return the facet without the field, and with null in it; all texts that are left in it differ."""
    way, texts = places(field), count()
    whole = _numbered(field.facet, texts)
    without, null = _changed(whole, way), _changed(whole, way, None)
    shown = tuple(_texts(without))
    return Misfit(without, _told(way), shown), Misfit(null, _told(way), shown)


def says_anything(value: Json) -> bool:
    """Return whether there is a value in a facet that could be lost."""
    inner = [*value.values()] if isinstance(value, dict) else value if isinstance(value, list) else None
    return value is not None if inner is None else any(map(says_anything, inner))


def _mark(value: Json) -> Json:
    return _OTHER if isinstance(value, list | dict) else value


def _told(way: Sequence[Place]) -> str:
    return next(str(step) for step in reversed(way) if step not in (0, "any"))


def _found(value: Json, way: Sequence[Place]) -> Json:
    for step in way:
        value = value[step]
    return value


def _changed(facet: Json, way: Sequence[Place], *value: Json) -> Json:
    """Return a facet with another value at a place, or without the place."""
    changed = deepcopy(facet)
    holder = _found(changed, way[:-1])
    if value:
        holder[way[-1]] = value[0]
    else:
        del holder[way[-1]]
    return changed


def _numbered(value: Json, texts: Iterator[int]) -> Json:
    """Return a facet whose texts all differ, as far as any text will do."""
    if isinstance(value, dict):
        return {name: _numbered(each, texts) for name, each in value.items()}
    if isinstance(value, list):
        return [_numbered(each, texts) for each in value]
    return f"{value}-{next(texts)}" if value == _FILLER else value


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _texts(each)
    elif isinstance(value, str) and value.startswith(_FILLER):
        yield value
