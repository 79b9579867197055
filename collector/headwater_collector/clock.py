"""The present, written as all our times are."""

import time
from datetime import UTC, datetime


def utc_now() -> str:
    """Return the present as `Event.time` writes times: UTC, nine digits of a second."""
    seconds, nanoseconds = divmod(time.time_ns(), 1_000_000_000)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanoseconds:09d}Z"
