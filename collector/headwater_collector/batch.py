"""From the body of a batch to the bytes of its events, so that each is recorded as it was sent."""

import json
import re
from typing import Final

from headwater_collector.errors import NotAnEvent

_ARRAY: Final = re.compile(rb"[ \t\r\n]*\[")
_SPACE: Final = re.compile(r"[ \t\r\n]*")
_BRACKETS: Final = re.compile(r'"(?:[^"\\]++|\\.)*+(?:"|\Z)|[\[{]|[\]}]', re.DOTALL)
# Only where an element ends counts here: numbers stay text, and a number is never converted.
_DECODER: Final = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str)


def split_batch(body: bytes, content_type: str = "") -> list[bytes]:
    """Return the bytes of each element of a JSON array, or of each line that is not blank of NDJSON.

    The media type decides where it names NDJSON, else the first character. Raises `NotAnEvent` if the elements cannot
    be told apart; an element that is not an event is returned like any other.
    """
    if "ndjson" in content_type or "jsonl" in content_type or "json-seq" in content_type:
        return _lines(body)
    if _ARRAY.match(body):
        return _elements(body)
    return _lines(body)


def _lines(body: bytes) -> list[bytes]:
    # RFC 7464 puts a record separator before each element.
    return [line for line in (line.strip(b" \t\r\x1e") for line in body.split(b"\n")) if line]


def _elements(body: bytes) -> list[bytes]:
    try:
        text = body.decode()
    except UnicodeDecodeError as error:
        raise NotAnEvent(f"the body is not UTF-8: {error.reason} at byte {error.start}") from None
    elements: list[bytes] = []
    position = _skip(text, text.index("[") + 1)
    if text[position : position + 1] == "]":
        return _closed(text, position, elements)
    while True:
        end = _end(text, position, len(elements))
        elements.append(text[position:end].encode())
        position = _skip(text, end)
        if text[position : position + 1] == "]":
            return _closed(text, position, elements)
        if text[position : position + 1] != ",":
            raise NotAnEvent(f"the array breaks off after element {len(elements) - 1}: expected ',' or ']'")
        position = _skip(text, position + 1)


def _closed(text: str, position: int, elements: list[bytes]) -> list[bytes]:
    if _skip(text, position + 1) != len(text):
        raise NotAnEvent("the body goes on after the end of the array")
    return elements


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position


def _end(text: str, start: int, index: int) -> int:
    """Return where the element ends; one that is not JSON ends where its brackets close, so the others can go on."""
    try:
        return _DECODER.raw_decode(text, start)[1]
    except (ValueError, RecursionError):
        depth = 0
    for match in _BRACKETS.finditer(text, start):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(match[0], 0)
        if depth <= 0:
            break
    else:
        raise NotAnEvent(f"element {index} of the array does not end")
    if depth < 0 or text[start] not in "[{":
        raise NotAnEvent(f"element {index} of the array is not JSON")
    return match.end()
