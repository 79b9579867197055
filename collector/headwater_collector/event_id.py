"""The id of an event: the SHA-256 of its content, whatever the order of its keys and the spaces between them.

Numbers keep their text: ``1.0`` and ``1.00`` are two events, and so are two integers that differ beyond 2^53. RFC 8785
and orjson alone would merge those.
"""

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from typing import Any, Final

import orjson

MAX_DEPTH: Final = 254
"""How deep arrays and objects of an event may be nested."""

_SPACES: Final = b" \t\r\n"
_SHAPE: Final = bytes.maketrans(b"123456789eE[", b"000000000..,")
_NUMBERS: Final = (b'":0', b'":-', b",0", b",-")
_UNSAFE: Final = (re.compile(rb'":(?:0+\.|0{16}|-)'), re.compile(rb",(?:0+\.|0{16}|-)"))
_KEEPS_TEXT: Final = 15
_LARGE: Final = 1024 * 1024


class TooDeepError(ValueError):
    """The content is nested deeper than `MAX_DEPTH`."""


def content_id(raw: bytes, value: object) -> tuple[str, list[str]]:
    """Return the id of the event with these bytes, that orjson reads as `value`, and its integers beyond 64 bits.

    Raises `TooDeepError`, and ValueError where a string holds half a surrogate pair.
    """
    if _keeps_numbers(raw):
        return _digest(value, len(raw)), []
    large: list[str] = []

    def integer(text: str) -> object:
        if len(text) <= _KEEPS_TEXT and text != "-0":
            return int(text)
        if len(text) > 18 and (len(text) > 20 or not -(2**63) <= int(text) < 2**64):
            large.append(text)
        return orjson.Fragment(text)

    exact = decode(raw, integer, orjson.Fragment)
    return _digest(exact, len(raw)), large


def _keeps_numbers(raw: bytes) -> bool:
    """Return whether reading and writing surely changes no number: all are positive integers of up to 15 digits.

    Looks at the shape of the bytes (spaces out, every digit 0, exponent as point, ``[`` as ``,``), because a pattern
    over the bytes themselves costs more than all the rest. Text that looks like a number only means the slow way.
    """
    shape = raw.translate(_SHAPE, _SPACES)
    if not any(sign in shape for sign in _NUMBERS):
        return True
    return not any(pattern.search(shape) for pattern in _UNSAFE)


def decode(raw: bytes, integer: Any, real: Any) -> object:
    """Return the JSON value of the bytes with numbers made by these functions of their text; raises ValueError."""
    try:
        return json.loads(raw, parse_int=integer, parse_float=real, parse_constant=_refuse)
    except RecursionError:
        raise TooDeepError from None


def _refuse(name: str) -> object:
    raise ValueError(f"{name} is not JSON")


def _digest(value: object, size: int) -> str:
    if size < _LARGE:
        return sha256(_canonical(value)).hexdigest()
    digest = sha256()
    for piece in _pieces(value, 2):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(value: object, depth: int) -> Iterator[bytes]:
    """Yield the bytes that `_canonical` returns, in pieces, so that a large event is never written out as a whole."""
    if depth and isinstance(value, dict) and value:
        for index, name in enumerate(sorted(value)):
            yield (b"," if index else b"{") + _canonical(name) + b":"
            yield from _pieces(value[name], depth - 1)
        yield b"}"
    elif depth and isinstance(value, list) and value:
        for index, element in enumerate(value):
            yield b"," if index else b"["
            yield _canonical(element)
        yield b"]"
    else:
        yield _canonical(value)


def _canonical(value: object) -> bytes:
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except orjson.JSONEncodeError as error:
        if "ecursion" in str(error):
            raise TooDeepError from None
        raise ValueError(str(error)) from None
