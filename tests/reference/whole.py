"""Events as the model reads them: the whole tree, where the product leaves what is large unread."""

from dataclasses import replace

from headwater_collector.event import Event
from headwater_collector.event_json import LARGE, read_json
from headwater_collector.parse import parse_event


def whole_event(raw: bytes) -> Event:
    """Return the event of these bytes with all its body read."""
    event = parse_event(raw)
    body = read_json(raw) if len(raw) >= LARGE else event.body
    assert isinstance(body, dict)
    return replace(event, body=body)
