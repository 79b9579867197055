"""What the graph holds of a facet in properties and edges, and what a facet says that it does not. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from headwater_collector.projection.kinds import OBJECT, TEXT, Kind

_LONGEST: Final = 100
"""Characters of a member's name that are told."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is held of a value, if it can be read."""

    kind: Kind
    """What the value, or each element of the list, must be to be read."""
    members: Mapping[str, "Held"]
    """What is held of its members, ``*`` being any other member; all that may be in it where there is none."""
    rows: bool
    """It must be a list."""
    needed: tuple[tuple[str, Kind], ...]
    """Members without which nothing of the value is read."""


def held(paths: Mapping[str, Kind | None], *, rows: bool = False) -> Held:
    """Return what these paths name: ``tests[].name`` is a member of each element of a list, ``a.b`` of an object.

    Where no kind is given, objects are read at the way to a member, and texts at its end.
    """
    below: dict[str, dict[str, Kind | None]] = {}
    for path, kind in paths.items():
        first, _, rest = path.partition(".")
        if first:
            below.setdefault(first.removesuffix("[]"), {})[rest] = kind
    lists = {path.partition(".")[0].removesuffix("[]") for path in paths if path.partition(".")[0].endswith("[]")}
    members = {name: held(inner, rows=name in lists) for name, inner in below.items()}
    wanted = tuple((name, member.kind) for name, member in members.items() if member.kind.needed)
    return Held(paths.get("") or (OBJECT if members else TEXT), members, rows, wanted)


def says_more(value: Any, known: Held) -> bool:
    """Return whether there is anything in a value besides what is held of it; nulls and empty values are nothing."""
    if known.rows and isinstance(value, list):
        return any(_says_more(each, known) for each in value)
    return says_anything(value) if known.rows else _says_more(value, known)


def _says_more(value: Any, known: Held) -> bool:
    if not known.kind.reads(value):
        return says_anything(value)
    if not known.members:
        return False
    for name, kind in known.needed:
        if not kind.reads(value.get(name)):
            return says_anything(value)
    for name, each in value.items():
        if not name.startswith("_"):
            member = known.members.get(name) or known.members.get("*")
            if says_more(each, member) if member else says_anything(each):
                return True
    return False


def says_anything(value: Any) -> bool:
    """Return whether there is anything in a value but nulls, what is empty, and what begins with an underscore."""
    if isinstance(value, list):
        return any(map(says_anything, value))
    if isinstance(value, Mapping):
        return any(says_anything(each) for name, each in value.items() if not name.startswith("_"))
    return value is not None and value != ""


def unread(value: Any, known: Held, path: str = "") -> Iterator[str]:
    """Yield each member that would be held, but cannot be read, with what it must be."""
    if not known.rows:
        yield from _unread(value, known, path)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _unread(each, known, f"{path}[{number}]")
    elif says_anything(value):
        yield f"{path}: must be a list"


def _unread(value: Any, known: Held, path: str) -> Iterator[str]:
    if not says_anything(value):
        return
    if not known.kind.reads(value):
        yield f"{path}: must be {known.kind.told}"
        return
    lacking = [(name, kind) for name, kind in known.needed if not kind.reads(value.get(name))]
    for name, kind in lacking:
        yield f"{_way(path, name)}: must be {kind.told}"
    for name, each in value.items() if known.members and not lacking else ():
        member = known.members.get(name) or known.members.get("*")
        if member and not name.startswith("_"):
            yield from unread(each, member, _way(path, name))


def _way(path: str, name: str) -> str:
    return f"{path}.{name[:_LONGEST]}" if path else name[:_LONGEST]
