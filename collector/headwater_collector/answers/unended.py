"""Runs that began and were not heard of again: only the clock can tell, so it is told when asked, not in the graph."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from headwater_collector.event_time import utc_time

_OPEN: Final = ("START", "RUNNING")


def mark_unended(nodes: Iterable[dict[str, Any]], after: timedelta) -> None:
    """Mark as `unended` the runs that have no end and sent no event for so long: they may be gone without a word."""
    before, _ = utc_time((datetime.now(UTC) - after).isoformat())
    for node in nodes:
        if node["kind"] == "run" and node.get("state") in _OPEN and "lastEventAt" in node:
            node.update({"unended": True} if utc_time(node["lastEventAt"])[0] < before else {})
