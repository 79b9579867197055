"""Errors of the collector, each permanent (sending again cannot help) or retryable (the sender shall send again).

HeadwaterError
├── Rejected            permanent   the request cannot be accepted as it is
│   ├── NotAnEvent          400     not JSON, not an object, unreadable encoding
│   ├── InvalidEvent        422     an event without identity or readable eventTime
│   ├── TooLarge            413     larger than the limit, also after decompression
│   ├── Unauthorized        401     no key, or a wrong one
│   ├── Forbidden           403     the key may not do this
│   ├── NotFound            404     no such thing; the message suggests near names
│   └── BadRequest          400     a parameter of a read cannot be understood
├── Unavailable         retryable   the same request may succeed later
│   ├── Overloaded          503     backlog or bytes in flight are full
│   └── LogUnavailable      503     the event log cannot be written
└── SetupError          permanent   wrong settings, a data folder in use, a missing extra: a person must act
"""

from typing import ClassVar


class HeadwaterError(Exception):
    """Base of the collector's errors; the message says what was wrong, where, and what to do."""

    status: ClassVar[int] = 500


class Rejected(HeadwaterError):
    """Permanent: sending the same again cannot help."""

    status = 400


class NotAnEvent(Rejected):
    """The body is not a JSON object, or cannot be decoded."""


class InvalidEvent(Rejected):
    """The event names no job, run or dataset, or no readable time."""

    status = 422


class TooLarge(Rejected):
    """The body is over the limit."""

    status = 413


class Unauthorized(Rejected):
    """No key was given, or it is not known."""

    status = 401


class Forbidden(Rejected):
    """The key's role or namespaces do not allow this."""

    status = 403


class NotFound(Rejected):
    """There is no such thing."""

    status = 404


class BadRequest(Rejected):
    """A parameter cannot be understood."""


class Unavailable(HeadwaterError):
    """Retryable: the same request may succeed later."""

    status = 503


class Overloaded(Unavailable):
    """The backlog or the bytes in flight are at their limit."""


class LogUnavailable(Unavailable):
    """The event log cannot be written."""


class SetupError(HeadwaterError):
    """Headwater cannot run as it is set up; the message says what to change."""
