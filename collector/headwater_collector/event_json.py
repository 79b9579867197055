"""The JSON of an event: small ones are read as a whole, large ones one at a time, and in parts."""

import threading
from contextlib import AbstractContextManager, nullcontext
from typing import Final

import orjson

from headwater_collector.errors import NotAnEvent
from headwater_collector.event_id import MAX_DEPTH, TooDeepError, decode
from headwater_collector.large_json import Large, NestedTooDeep, NotJson, cut

LARGE: Final = 1024 * 1024
"""Bodies of so many bytes are not read as a whole."""

_one_large: Final = threading.Lock()
_not_large: Final = nullcontext()


def alone_if_large(raw: bytes) -> AbstractContextManager[object]:
    """Return what to hold while these bytes are parsed and used: large ones wait for each other in all threads.

    They are read in parts, but lineage that such a body tells is held as facts, of up to thirty times its bytes.
    """
    return _one_large if len(raw) >= LARGE else _not_large


def read_json(raw: bytes) -> object:
    """Return the JSON value of the bytes; raises `NotAnEvent` with the place where it ends to be JSON."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    if "depth limit" in reason:
        raise too_deep()
    if "number is infinity" in reason:
        return _huge_numbers_as_text(raw)
    if not raw.strip():
        raise NotAnEvent("the body is empty, but an OpenLineage event is a JSON object")
    raise NotAnEvent(f"the body is not JSON in UTF-8: {reason}")


def _huge_numbers_as_text(raw: bytes) -> object:
    def number(text: str) -> object:
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            return text

    try:
        return decode(raw, number, number)
    except TooDeepError:
        raise too_deep() from None
    except ValueError as error:
        raise NotAnEvent(f"the body is not JSON in UTF-8: {error}") from None


def too_deep() -> NotAnEvent:
    """Return the error of an event that is nested deeper than `MAX_DEPTH`."""
    return NotAnEvent(f"the JSON is nested more than {MAX_DEPTH} levels deep")


def cut_json(raw: bytes) -> Large:
    """Return the array or object of the bytes, not read yet; raises `NotAnEvent`, also later while it is read."""
    try:
        return cut(raw)
    except NestedTooDeep:
        raise too_deep() from None
    except NotJson as error:
        raise NotAnEvent(f"the body is not JSON in UTF-8: {error}") from None
