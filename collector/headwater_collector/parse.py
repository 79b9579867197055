"""From bytes to an `Event`: JSON, kind, identity and time are checked; facets are left as they are."""

import re
from collections.abc import Callable
from typing import Any, Final

from headwater_collector.errors import InvalidEvent, NotAnEvent
from headwater_collector.event import Event, EventKind
from headwater_collector.event_id import Noted, TooDeepError, content_id, large_content_id
from headwater_collector.event_json import LARGE, cut_json, read_json, too_deep
from headwater_collector.event_time import utc_time
from headwater_collector.oddities import Warnings, find_oddities, name_of
from headwater_collector.outline import outline

EVENT_TYPES: Final = frozenset({"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"})

_KIND_IN_URL: Final = re.compile("(RunEvent|JobEvent|DatasetEvent)$")


def parse_event(raw: bytes) -> Event:
    """Return the event that these bytes are.

    Raises `NotAnEvent` if they are not a JSON object, `InvalidEvent` if it has no identity or readable eventTime; the
    message begins with the field.
    """
    if len(raw) < LARGE:
        value = read_json(raw)
        return _event(value, lambda noted: content_id(raw, value, noted))
    event = cut_json(raw)
    return _event(outline(event), lambda noted: large_content_id(event, read_json, noted))


def _event(said: object, id_of: Callable[[Noted], str]) -> Event:
    value, kind = _identified(said)
    time, time_warning = _event_time(value)
    warnings = Warnings()
    if time_warning:
        warnings.add(f"eventTime: {time_warning}")
    type_ = _event_type(value, warnings) if kind is EventKind.RUN else ""
    find_oddities(value, kind, warnings)
    id_ = _content_id(id_of, warnings)
    return Event(id_, kind, time, type_, value, warnings.told())


def recorded_event(raw: bytes, event_id: str) -> Event:
    """Return an event that was parsed before and is recorded with this id; its oddities were noted then."""
    value, kind = _identified(read_json(raw) if len(raw) < LARGE else outline(cut_json(raw)))
    type_ = _event_type(value, Warnings()) if kind is EventKind.RUN else ""
    return Event(event_id, kind, _event_time(value)[0], type_, value)


def _identified(value: object) -> tuple[dict[str, Any], EventKind]:
    if not isinstance(value, dict):
        raise NotAnEvent(f"the body is {name_of(value)}, but an OpenLineage event is a JSON object")
    kind = _kind(value)
    _check_identity(value, kind)
    return value, kind


def _content_id(id_of: Callable[[Noted], str], warnings: Warnings) -> str:
    def noted(integer: str) -> None:
        warnings.add(f"integer {integer[:40]}: beyond 64 bits, exact in the log and rounded in the graph")

    try:
        return id_of(noted)
    except TooDeepError:
        raise too_deep() from None
    except ValueError as error:
        raise NotAnEvent(f"the body is not JSON in UTF-8: {error}") from None


def _kind(event: dict[str, Any]) -> EventKind:
    for field, kind in (("run", EventKind.RUN), ("job", EventKind.JOB), ("dataset", EventKind.DATASET)):
        if event.get(field) is not None:
            return kind
    match = _KIND_IN_URL.search(str(event.get("schemaURL")))
    if match:
        return EventKind(match[1])
    raise InvalidEvent("run, job, dataset: all missing; an event names a run and its job, a job, or a dataset")


def _check_identity(event: dict[str, Any], kind: EventKind) -> None:
    if kind is EventKind.DATASET:
        _check_name(event, "dataset")
        return
    if kind is EventKind.RUN:
        run_id = _part(event, "run").get("runId")
        if not isinstance(run_id, str | int | float) or isinstance(run_id, bool) or run_id == "":
            raise InvalidEvent(f"run.runId: {_wanted(run_id, 'a string, best a UUID')}")
    _check_name(event, "job")


def _check_name(event: dict[str, Any], field: str) -> None:
    part = _part(event, field)
    for name in ("namespace", "name"):
        text = part.get(name)
        if not isinstance(text, str) or not text:
            raise InvalidEvent(f"{field}.{name}: {_wanted(text, 'a string')}")


def _part(event: dict[str, Any], field: str) -> dict[str, Any]:
    part = event.get(field)
    if not isinstance(part, dict):
        raise InvalidEvent(f"{field}: {_wanted(part, 'an object')}")
    return part


def _wanted(value: object, wanted: str) -> str:
    if value is None:
        return f"missing; it must be {wanted}"
    if value == "":
        return f"empty; it must be {wanted} that is not empty"
    return f"is {name_of(value)}; it must be {wanted}"


def _event_time(event: dict[str, Any]) -> tuple[str, str | None]:
    text = event.get("eventTime")
    if not isinstance(text, str) or not text:
        raise InvalidEvent(f"eventTime: {_wanted(text, 'an ISO 8601 time like 2026-01-31T12:00:00.000Z')}")
    try:
        return utc_time(text)
    except ValueError as error:
        raise InvalidEvent(f"eventTime: {error}") from None


def _event_type(event: dict[str, Any], warnings: Warnings) -> str:
    said = event.get("eventType")
    if said in EVENT_TYPES if isinstance(said, str) else False:
        return str(said)
    if isinstance(said, str) and said.upper() in EVENT_TYPES:
        warnings.add(f"eventType: {said!r} is not in upper case")
        return said.upper()
    warnings.add(f"eventType: {'missing' if said is None else f'{str(said)[:60]!r} is unknown'}, taken as OTHER")
    return "OTHER"
