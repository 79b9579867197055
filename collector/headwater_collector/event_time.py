"""Times as producers write them, made comparable: UTC, nanoseconds, and text order is time order."""

import contextlib
import re
from datetime import UTC, datetime, timedelta
from typing import Final

_USUAL: Final = re.compile(
    r"([0-9]{4}-[01][0-9]-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9])(?:\.([0-9]{1,9}))?(?:Z|\+00:00)"
)
_ANY: Final = re.compile(
    r"""\s*
    (?P<year>[0-9]{4})(?P<dash>-?)(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2})
    (?:(?:[Tt]|[ ]+)
       (?P<hour>[0-9]{2})(?::?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?)?
       [ ]?(?P<zone>[Zz]|UTC|GMT|[+\-\u2212][0-9]{2}(?::?[0-9]{2}){0,2})?
       (?P<tail>[Zz]|\[[^\]]*\])?
    )?\s*""",
    re.VERBOSE,
)
_PARTS: Final = ("year", "month", "day", "hour", "minute", "second")


def utc_time(text: str) -> tuple[str, str | None]:
    """Return the time as ``YYYY-MM-DDTHH:MM:SS.nnnnnnnnnZ`` in UTC and a warning if it is oddly written.

    Reads ISO 8601 and RFC 3339 with a calendar date, with or without separators, and any number of fractional digits,
    of which the tenth and later are dropped. Raises ValueError with a sentence for anything else, and for years outside
    1 to 9999 in UTC.
    """
    usual = _USUAL.fullmatch(text)
    if usual:
        whole, fraction = usual.groups("")
        with contextlib.suppress(ValueError):  # no such day: the other way says so
            datetime.fromisoformat(whole)
            return f"{whole}.{fraction:0<9}Z", None
    return _odd_time(text)


def _odd_time(text: str) -> tuple[str, str | None]:
    match = _ANY.fullmatch(text)
    if not match:
        raise ValueError(f"{text[:60]!r} is not an ISO 8601 time like 2026-01-31T12:00:00.000Z")
    part = match.groupdict("")
    year, month, day, hour, minute, second = (int(part[name] or 0) for name in _PARTS)
    leap = second == 60  # RFC 3339 allows a leap second; like POSIX, it is the first second of the next minute
    try:
        local = datetime(year, month, day, hour, minute, 59 if leap else second, tzinfo=UTC)
        utc = local + timedelta(seconds=1 if leap else 0) - _offset(part["zone"])
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{text[:60]!r} is no time in the years 1 to 9999: {error}") from error
    fraction = part["fraction"][:9]
    return f"{utc.replace(tzinfo=None).isoformat()}.{fraction:0<9}Z", _oddness(part)


def _offset(zone: str) -> timedelta:
    digits = re.sub("[^0-9]", "", zone).ljust(6, "0")
    hours, minutes, seconds = (int(digits[i : i + 2]) for i in (0, 2, 4))
    if hours > 23 or minutes > 59 or seconds > 59:
        raise ValueError(f"offset {zone} is out of range")
    size = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return size if zone.startswith("+") else -size


def _oddness(part: dict[str, str]) -> str | None:
    if not part["hour"]:
        return "has no time of day: taken as midnight UTC"
    if not part["zone"] and part["tail"].lower() != "z":
        return "has no time zone: taken as UTC"
    if part["tail"]:
        return f"has {part['tail'][:40]!r} after its offset: the offset counts"
    return None
