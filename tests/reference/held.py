"""What a graph holds of a facet in properties and edges, told in a line; and whether a facet says more than that.

A line names members: ``name`` is a text, ``name:kind`` a value of that kind, ``name(...)`` an object with members of
its own, ``name[](...)`` a list of objects, ``*`` any other member. Of an object without a member that is marked with
``!`` nothing is read. What is not of its kind is not read. Nulls and what is empty say nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from headwater_collector.event_time import utc_time

from tests.reference.reading import entries, is_named, is_number, text, whole


@dataclass
class Member:
    """What can be read of one member."""

    kind: str
    is_list: bool = False
    needed: bool = False
    members: dict[str, "Member"] = field(default_factory=dict)


def line(said: str) -> Member:
    """Return what a line tells."""
    words = iter(re.findall(r"[()]|[^\s()]+", said))
    return Member("object", members=_members(words))


def _members(words: Iterator[str]) -> dict[str, Member]:
    found: dict[str, Member] = {}
    last = Member("")
    for word in words:
        if word == ")":
            break
        if word == "(":
            last.members = _members(words)
            last.kind = last.kind or "object"
            continue
        name, _, kind = word.rstrip("!").partition(":")
        last = Member(kind, name.endswith("[]"), word.endswith("!"))
        found[name.removesuffix("[]")] = last
    return found


def _is_time(value: object) -> bool:
    try:
        return isinstance(value, str) and bool(utc_time(value))
    except ValueError:
        return False


def _is_source(value: object) -> bool:
    said = entries(value)
    return said.get("type") == "JOB" or (said.get("type") == "DATASET" and is_named(said))


KINDS: Mapping[str, Callable[[object], bool]] = {
    "": lambda value: isinstance(value, str),
    "filled": lambda value: text(value) is not None,
    "time": _is_time,
    "integer": lambda value: whole(value) is not None,
    "number": is_number,
    "boolean": lambda value: isinstance(value, bool),
    "simple": lambda value: isinstance(value, str | bool) or is_number(value),
    "name": lambda value: isinstance(value, str) or is_number(value),
    "pair": lambda value: isinstance(value, str) or (is_number(value) and not isinstance(value, float)),
    "any": lambda value: True,
    "object": lambda value: isinstance(value, dict),
    "named": is_named,
    "source": _is_source,
    "telling": lambda value: isinstance(value, dict) and "" not in value,
}


def says_more(value: object, known: Member | None) -> bool:
    """Return whether a value says anything that is not read."""
    if known is None:
        return _says(value)
    if known.is_list:
        return any(_is_more(each, known) for each in value) if isinstance(value, list) else _says(value)
    return _is_more(value, known)


def _is_more(value: object, known: Member) -> bool:
    lacks = any(one.needed and not KINDS[one.kind](entries(value).get(name)) for name, one in known.members.items())
    if lacks or not KINDS[known.kind](value):
        return _says(value)
    any_other = known.members.get("*")
    said = {name: one for name, one in entries(value).items() if not name.startswith("_")} if known.members else {}
    return any(says_more(one, known.members.get(name, any_other)) for name, one in said.items())


def _says(value: object) -> bool:
    """Return whether a value says anything at all."""
    if isinstance(value, dict):
        return any(_says(one) for name, one in value.items() if not name.startswith("_"))
    if isinstance(value, list):
        return any(_says(one) for one in value)
    return value not in (None, "")
