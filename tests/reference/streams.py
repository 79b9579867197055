"""Whether a run is a stream."""

from headwater_collector.event import Event

from tests.reference.reading import facet, text, token
from tests.reference.registers import latest


def is_stream(events: list[Event]) -> bool:
    """Return whether the events of a run say that it is a stream."""
    said = [(token(e), f) for e in events if (f := facet(e.body["job"], "jobType")) is not None]
    return (text((latest(said, "jobType") or {}).get("processingType")) or "").upper() == "STREAMING"
