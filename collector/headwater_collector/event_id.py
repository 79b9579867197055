"""The id of an event: the SHA-256 of its content, whatever the order of its keys and the spaces between them.

Numbers keep their text: ``1.0`` and ``1.00`` are two events, and so are two integers that differ beyond 2^53. RFC 8785
and orjson alone would merge those.
"""

import json
from collections.abc import Callable
from hashlib import sha256
from typing import Any, Final

import orjson

from headwater_collector.large_json import Large, Read, canonical, pattern_of

MAX_DEPTH: Final = 254
"""How deep arrays and objects of an event may be nested."""

_KEEPS_TEXT: Final = 15
# What may be another number once it is read: one with a sign, a fraction or an exponent, or of more digits than that.
_UNSAFE: Final = pattern_of(rb'(?:"[ \t\r\n]*:|[\[,])[ \t\r\n]*(?:-|[0-9]+[.eE]|[0-9]{16})')

Noted = Callable[[str], None]
"""Gets the text of integers beyond 64 bits."""


class TooDeepError(ValueError):
    """The content is nested deeper than `MAX_DEPTH`."""


def content_id(raw: bytes, value: object, noted: Noted) -> str:
    """Return the id of the event with these bytes, that orjson reads as `value`; `noted` gets integers beyond 64 bits.

    Raises `TooDeepError`, and ValueError where a string holds half a surrogate pair.
    """
    return sha256(_canonical(_exact(raw, value, noted))).hexdigest()


def large_content_id(event: Large, read: Read, noted: Noted) -> str:
    """Return what `content_id` does of an event that is too large to be read as a whole; all of it is read once."""
    digest = sha256()
    for piece in canonical(event, lambda raw: _exact(raw, read(raw), noted), _canonical):
        digest.update(piece)
    return digest.hexdigest()


def _exact(raw: bytes, value: object, noted: Noted) -> object:
    """Return the value with numbers that are written as they were."""
    if _keeps_numbers(raw):
        return value

    def integer(text: str) -> object:
        if len(text) <= _KEEPS_TEXT and text != "-0":
            return int(text)
        if len(text) > 18 and (len(text) > 20 or not -(2**63) <= int(text) < 2**64):
            noted(text)
        return orjson.Fragment(text)

    return decode(raw, integer, orjson.Fragment)


def _keeps_numbers(raw: bytes) -> bool:
    """Return whether reading and writing surely changes no number: all are positive integers of up to 15 digits.

    Text that looks like another number only means the slow way.
    """
    return not _UNSAFE.search(raw)


def decode(raw: bytes, integer: Any, real: Any) -> object:
    """Return the JSON value of the bytes with numbers made by these functions of their text; raises ValueError."""
    try:
        return json.loads(raw, parse_int=integer, parse_float=real, parse_constant=_refuse)
    except RecursionError:
        raise TooDeepError from None


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _canonical(value: object, depth: int = 0) -> bytes:
    for _ in range(depth):
        value = [value]
    try:
        text = orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        if "ecursion" in str(error):
            raise TooDeepError from None
        raise ValueError(str(error)) from None
    return text[depth : len(text) - depth] if depth else text
