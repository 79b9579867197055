"""Cursors of lists: the place after which the next page begins, opaque to the caller. Pure."""

import base64
import binascii
from datetime import datetime
from typing import Any

import orjson

from headwater_collector.errors import BadRequest


def encode(*place: str) -> str:
    """Return the cursor of a place in a list."""
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode().rstrip("=")


def decode(cursor: str | None, start: tuple[str, ...]) -> tuple[str, ...]:
    """Return the place of a cursor, the start if there is none. Raises `BadRequest` if it is none of ours."""
    if not cursor:
        return start
    try:
        place: Any = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error):
        place = None
    if not isinstance(place, list) or len(place) != len(start) or not all(isinstance(part, str) for part in place):
        raise BadRequest(f"cursor: {cursor[:60]!r} is not the `nextCursor` of a page of this list.")
    return tuple(place)


def moment(text: str) -> str:
    """Return the time of a place as it is: text keeps its nanoseconds. Raises `BadRequest` if it is none."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"cursor: {text[:60]!r} is no time.") from None
    return text
