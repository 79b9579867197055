"""JSON that is too large to be read as a whole: where its parts lie, without a tree of it.

A tree of very many small values takes up to thirty times their text. Here a large array or object is cut at its own
commas into groups of about 64 KiB, each read alone and let go; the arrays and objects in it that are larger than that
are cut in turn. The cutting looks at brackets, strings and commas only: what lies between is checked when it is read.
"""

import heapq
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from io import BytesIO
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

import orjson
import re2

GROUP: Final = 64 * 1024
"""Bytes of small neighbours that are read together, about."""

MAX_NESTING: Final = 256
"""How deep arrays and objects may be nested to be cut."""

Read = Callable[[bytes], Any]
"""From the text of a small array or object to its value."""

Write = Callable[[Any, int], bytes]
"""From the value of a small array or object that stands in so many others to its text: sorted keys, no spaces."""

STRING: Final = rb'"(?:[^"\\]|\\.)*"'
_PLAIN: Final = rb'[^"\[\]{},]+'


def nested(levels: int) -> bytes:
    """Return the pattern of a value of so many levels; one that is none in JSON is found out when it is read."""
    inside = STRING + rb'|[^"\[\]{}]+' + (rb"|" + nested(levels - 1) if levels > 1 else b"")
    return rb"[\[{](?:" + inside + rb")*[\]}]"


def pattern_of(text: bytes) -> Any:
    """Return a pattern over bytes, of RE2: it takes linear time and no memory, whatever it is matched against."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.dot_nl = True
    return re2.compile(text, options)  # type: ignore[no-untyped-call]


_VALUE: Final = STRING + rb"|" + _PLAIN + rb"|" + nested(10)
# Elements with their commas; what stands before a bracket; opening brackets; closing ones.
_TOKEN: Final = pattern_of(
    rb"((?:(?:" + _VALUE + rb")*,)+)|(" + STRING + rb"|" + _PLAIN + rb")|([\[{](?:[\[{ \t\r\n]*[\[{])?)"
    rb"|([\]}](?:[\]} \t\r\n]*[\]}])?)"
)
_ELEMENTS, _OPENS, _CLOSES = 1, 3, 4
_SPACE: Final = pattern_of(rb"[ \t\r\n]*")
_TEXT: Final = pattern_of(STRING)
_ARRAY: Final = ord("[")
_BRACKETS: Final = b"[]{}"
_PAIRS: Final = {_ARRAY: ord("]"), ord("{"): ord("}")}


class NotJson(ValueError):
    """The text is not JSON; the message tells where."""


class NestedTooDeep(ValueError):
    """The text is nested deeper than `MAX_NESTING`."""


@dataclass(frozen=True, slots=True)
class Part:
    """What stands between two commas of an array or object: small neighbours, or one large value."""

    start: int
    end: int
    large: "LargeArray | LargeObject | None"


@dataclass(frozen=True, slots=True)
class _Large:
    """A large array or object in a text."""

    text: bytes
    start: int
    end: int
    depth: int
    """How many arrays and objects it stands in."""
    parts: list[Part]

    def raw(self) -> bytes:
        """Return its text as it was written."""
        return self.text[self.start : self.end]


class LargeArray(_Large):
    """A large array."""

    __slots__ = ()

    def elements(self, read: Read) -> Iterator[Any]:
        """Yield its elements, reading group by group; those that are large are not read."""
        for part in self.parts:
            if part.large:
                yield part.large
            else:
                yield from read(b"[%b]" % self.text[part.start : part.end])


class LargeObject(_Large):
    """A large object."""

    __slots__ = ()

    def items(self, read: Read) -> Iterator[tuple[str, Any]]:
        """Yield its members as they stand in the text, reading group by group; values that are large are not read.

        Where a name comes again, its last value is meant.
        """
        for part in self.parts:
            if part.large:
                yield self.name(part), part.large
            else:
                yield from read(b"{%b}" % self.text[part.start : part.end]).items()

    def pick(self, names: Collection[str], read: Read) -> dict[str, Any]:
        """Return the members with these names."""
        return {name: value for name, value in self.items(read) if name in names}

    def first_names(self, count: int, read: Read) -> list[str]:
        """Return the names of the first members in the order of names."""
        first: list[str] = []
        for part in self.parts:
            names = (self.name(part),) if part.large else read(b"{%b}" % self.text[part.start : part.end])
            first = sorted({*first, *names})[:count]
        return first

    def name(self, part: Part) -> str:
        """Return the name of the large value that this part is."""
        end = part.large.start if part.large else part.end
        return str(*orjson.loads(b"{%b0}" % self.text[part.start : end]))


Large = LargeArray | LargeObject


def cut(text: bytes) -> Large:
    """Return the array or object that the text is, cut even if it is small.

    What is in the groups is not checked. Raises `NotJson` where they do not fit together, and `NestedTooDeep`.
    """
    position = _after_space(text, 0)
    stack: list[_Open] = []
    while token := _TOKEN.match(text, position, position + GROUP) or _TEXT.match(text, position):
        if not (stack or token.lastindex == _OPENS):
            break
        position = token.end()
        if token.lastindex == _ELEMENTS:
            stack[-1].separate(text, token.start(), position - 1)
        elif token.lastindex == _OPENS:
            stack += [_Open(start) for start in _brackets(text, token)]
            if len(stack) > MAX_NESTING:
                raise NestedTooDeep
        elif token.lastindex == _CLOSES:
            for end in _brackets(text, token):
                found = stack.pop().close(text, end, len(stack))
                if found and not stack:
                    return _alone(found)
                if found:
                    stack[-1].hold(text, found)
    raise NotJson(f"it breaks off at byte {position}")


def _brackets(text: bytes, token: Any) -> Iterator[int]:
    return (place for place in range(token.start(), token.end()) if text[place] in _BRACKETS)


def _alone(found: Large) -> Large:
    after = _after_space(found.text, found.end)
    if after != len(found.text):
        raise NotJson(f"it goes on after its end, at byte {after}")
    return found


def _after_space(text: bytes, position: int) -> int:
    return int(_SPACE.match(text, position).end())


class _Open:
    """An array or object whose end was not seen yet."""

    __slots__ = ("_comma", "_large", "_next", "_parts", "_start")

    def __init__(self, start: int) -> None:
        self._start = self._comma = start
        self._next = start + 1  # where the part begins that is not cut off yet
        self._large: Large | None = None  # the one that is in it
        self._parts: list[Part] = []

    def separate(self, text: bytes, start: int, comma: int) -> None:
        """Go on to this comma; `start` is where the first of the elements begins that it ends."""
        if self._large:
            self._cut(text, text.index(b",", start))
        self._comma = comma
        if comma - self._next >= GROUP:
            self._cut(text, comma)

    def hold(self, text: bytes, large: Large) -> None:
        """Make the large value that ended here a part of its own."""
        if self._large:
            raise NotJson(f"no comma before byte {large.start}")
        if self._comma >= self._next:
            self._cut(text, self._comma)
        self._large = large

    def close(self, text: bytes, end: int, depth: int) -> Large | None:
        """Return the whole, None if it is small; its closing bracket is at `end`."""
        opening, closing = text[self._start], text[end]
        if closing != _PAIRS[opening]:
            raise NotJson(f"the bracket at byte {end} closes another one than that at byte {self._start}")
        if depth and not self._parts and not self._large and end - self._start < GROUP:
            return None
        if self._parts or _after_space(text, self._next) != end:
            self._cut(text, end)
        kind = LargeArray if opening == _ARRAY else LargeObject
        return kind(text, self._start, end + 1, depth, self._parts)

    def _cut(self, text: bytes, end: int) -> None:
        if _after_space(text, self._large.end if self._large else self._next) == end:
            fits = self._large is not None
        else:
            fits = self._large is None
        if not fits or not self._is_named(text):
            raise NotJson(f"what ends at byte {end} is not one element")
        self._parts.append(Part(self._next, end, self._large))
        self._next, self._large = end + 1, None

    def _is_named(self, text: bytes) -> bool:
        """Return whether a large value has what must stand before it: in an object its name, in an array nothing."""
        if not self._large:
            return True
        if text[self._start] == _ARRAY:
            return _after_space(text, self._next) == self._large.start
        name = text[self._next : self._large.start]
        try:
            return len(orjson.loads(b"{%b0}" % name)) == 1
        except orjson.JSONDecodeError:
            return False


def canonical(value: Large, read: Read, write: Write) -> Iterator[bytes]:
    """Yield the text of the value in pieces: with sorted keys, of which the last of the same name counts."""
    return _array(value, read, write) if isinstance(value, LargeArray) else _object(value, read, write)


def _array(value: LargeArray, read: Read, write: Write) -> Iterator[bytes]:
    yield b"["
    for index, part in enumerate(value.parts):
        if index:
            yield b","
        if part.large:
            yield from canonical(part.large, read, write)
        else:
            yield write(read(b"[%b]" % value.text[part.start : part.end]), value.depth)[1:-1]
    yield b"]"


def _object(value: LargeObject, read: Read, write: Write) -> Iterator[bytes]:
    yield b"{"
    for index, (name, member) in enumerate(_sorted(value, read, write)):
        if index:
            yield b","
        if isinstance(member, bytes):
            yield member
        else:
            yield write(name, 0) + b":"
            yield from canonical(member, read, write)
    yield b"}"


def _sorted(value: LargeObject, read: Read, write: Write) -> Iterator[tuple[str, bytes | Large]]:
    """Yield the members by name, each as its text or as the large value that it is."""
    runs = [_run(value, part, read, write) for part in value.parts]
    for _, same in groupby(heapq.merge(*runs, key=itemgetter(0)), key=itemgetter(0)):
        *_, last = same
        yield last


def _run(value: LargeObject, part: Part, read: Read, write: Write) -> Iterator[tuple[str, bytes | Large]]:
    if part.large:
        return iter([(value.name(part), part.large)])
    members = read(b"{%b}" % value.text[part.start : part.end])
    # As text again, a line each: of millions of members only the text is ever in memory.
    return _lines(b"".join(write({name: members[name]}, value.depth)[1:-1] + b"\n" for name in sorted(members)))


def _lines(text: bytes) -> Iterator[tuple[str, bytes]]:
    for line in BytesIO(text):
        name = _TEXT.match(line)
        if name:
            yield orjson.loads(name[0]), line[:-1]
