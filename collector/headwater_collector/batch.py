"""From the body of a batch to the bytes of its events, so that each is recorded as it was sent."""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Final

from headwater_collector.errors import NotAnEvent, TooLarge
from headwater_collector.large_json import STRING, nested, pattern_of

MAX_ELEMENTS: Final = 50_000
"""How many elements a batch may have: each that is refused is answered on its own, and takes memory until then."""

_ARRAY: Final = pattern_of(rb"[ \t\r\n]*\[")
_SPACE: Final = pattern_of(rb"[ \t\r\n]*")
_NUMBER: Final = rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
# Most elements at once, without a tree of them; those that are nested deeper are followed bracket by bracket.
_ELEMENT: Final = pattern_of(
    rb"(?:" + nested(10) + rb")|(?:true|false|null|" + _NUMBER + rb"|" + STRING + rb")([ \t\r\n,\]])"
)
_BRACKETS: Final = pattern_of(STRING + rb"|([\[{])|([\]}])")
_AFTER = 1
_OPENS, _CLOSES = 1, 2


def split_batch(body: bytes, content_type: str = "") -> list[bytes]:
    """Return the bytes of each element of a JSON array, or of each line that is not blank of NDJSON.

    The media type decides where it names NDJSON, else the first character. Raises `NotAnEvent` if the elements cannot
    be told apart, `TooLarge` if there are too many; an element that is not an event is returned like any other.
    """
    lines = "ndjson" in content_type or "jsonl" in content_type or "json-seq" in content_type
    found = _elements(body) if not lines and _ARRAY.match(body) else _lines(body)
    elements = list(islice(found, MAX_ELEMENTS + 1))
    if len(elements) > MAX_ELEMENTS:
        raise TooLarge(f"The batch has more than {MAX_ELEMENTS} elements: send fewer at once.")
    return elements


def _lines(body: bytes) -> Iterator[bytes]:
    for line in BytesIO(body):
        # RFC 7464 puts a record separator before each element.
        if element := line.strip(b" \t\r\n\x1e"):
            yield element


def _elements(body: bytes) -> Iterator[bytes]:
    position = _skip(body, body.index(b"[") + 1)
    index = 0
    while index or body[position : position + 1] != b"]":
        end = _end(body, position, index)
        yield body[position:end]
        position = _skip(body, end)
        index += 1
        if body[position : position + 1] == b"]":
            break
        if body[position : position + 1] != b",":
            raise NotAnEvent(f"the array breaks off after element {index - 1}: expected ',' or ']'")
        position = _skip(body, position + 1)
    if _skip(body, position + 1) != len(body):
        raise NotAnEvent("the body goes on after the end of the array")


def _skip(body: bytes, position: int) -> int:
    return int(_SPACE.match(body, position).end())


def _end(body: bytes, start: int, index: int) -> int:
    """Return where the element ends; one that is not JSON ends where its brackets close, so the others can go on."""
    whole = _ELEMENT.match(body, start)
    if whole:
        return int(whole.start(_AFTER) if whole[_AFTER] else whole.end())
    if body[start : start + 1] not in (b"[", b"{"):
        raise NotAnEvent(f"element {index} of the array is not JSON")
    depth = 0
    for match in _BRACKETS.finditer(body, start):
        depth += (match.lastindex == _OPENS) - (match.lastindex == _CLOSES)
        if depth == 0:
            return int(match.end())
    raise NotAnEvent(f"element {index} of the array does not end")
