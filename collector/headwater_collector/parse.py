"""From bytes to an `Event`: JSON, kind, identity and time are checked; facets are left as they are."""

import re
import threading
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Final

import orjson

from headwater_collector.errors import InvalidEvent, NotAnEvent
from headwater_collector.event import Event, EventKind
from headwater_collector.event_id import MAX_DEPTH, TooDeepError, content_id, decode
from headwater_collector.event_time import utc_time

EVENT_TYPES: Final = frozenset({"START", "RUNNING", "COMPLETE", "ABORT", "FAIL", "OTHER"})
MAX_WARNINGS: Final = 20
"""How many warnings are kept on one event."""

_LARGE: Final = 1024 * 1024
_one_large: Final = threading.Lock()
_not_large: Final = nullcontext()
_UUID: Final = re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_KIND_IN_URL: Final = re.compile("(RunEvent|JobEvent|DatasetEvent)$")


def alone_if_large(raw: bytes) -> AbstractContextManager[object]:
    """Return what to hold while these bytes are parsed and used: large ones wait for each other in all threads.

    Parsed, a body of very many small values takes up to thirty times its bytes.
    """
    return _one_large if len(raw) >= _LARGE else _not_large


def parse_event(raw: bytes) -> Event:
    """Return the event that these bytes are.

    Raises `NotAnEvent` if they are not a JSON object, `InvalidEvent` if it has no identity or readable eventTime; the
    message begins with the field.
    """
    return parse_value(read_json(raw), raw)


def parse_value(value: object, raw: bytes) -> Event:
    """Return the event that is `value`, read from exactly these bytes; raises as `parse_event`."""
    if not isinstance(value, dict):
        raise NotAnEvent(f"the body is {_name_of(value)}, but an OpenLineage event is a JSON object")
    kind = _kind(value)
    _check_identity(value, kind)
    time, time_warning = _event_time(value)
    warnings = [f"eventTime: {time_warning}"] if time_warning else []
    type_ = _event_type(value, warnings) if kind is EventKind.RUN else ""
    _find_oddities(value, kind, warnings)
    id_, large = _content_id(raw, value)
    warnings += (f"integer {n[:40]}: beyond 64 bits, exact in the log and rounded in the graph" for n in large)
    return Event(id_, kind, time, type_, value, _bounded(warnings))


def recorded_event(raw: bytes, event_id: str) -> Event:
    """Return an event that was parsed before and is recorded with this id; its oddities were noted then."""
    value = read_json(raw)
    if not isinstance(value, dict):
        raise NotAnEvent(f"the body is {_name_of(value)}, but an OpenLineage event is a JSON object")
    kind = _kind(value)
    _check_identity(value, kind)
    type_ = _event_type(value, []) if kind is EventKind.RUN else ""
    return Event(event_id, kind, _event_time(value)[0], type_, value)


def read_json(raw: bytes) -> object:
    """Return the JSON value of the bytes; raises `NotAnEvent` with the place where it ends to be JSON."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    if "depth limit" in reason:
        raise _too_deep()
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
        raise _too_deep() from None
    except ValueError as error:
        raise NotAnEvent(f"the body is not JSON in UTF-8: {error}") from None


def _too_deep() -> NotAnEvent:
    return NotAnEvent(f"the JSON is nested more than {MAX_DEPTH} levels deep")


def _content_id(raw: bytes, value: object) -> tuple[str, list[str]]:
    try:
        return content_id(raw, value)
    except TooDeepError:
        raise _too_deep() from None
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
    return f"is {_name_of(value)}; it must be {wanted}"


def _event_time(event: dict[str, Any]) -> tuple[str, str | None]:
    text = event.get("eventTime")
    if not isinstance(text, str) or not text:
        raise InvalidEvent(f"eventTime: {_wanted(text, 'an ISO 8601 time like 2026-01-31T12:00:00.000Z')}")
    try:
        return utc_time(text)
    except ValueError as error:
        raise InvalidEvent(f"eventTime: {error}") from None


def _event_type(event: dict[str, Any], warnings: list[str]) -> str:
    said = event.get("eventType")
    if said in EVENT_TYPES if isinstance(said, str) else False:
        return str(said)
    if isinstance(said, str) and said.upper() in EVENT_TYPES:
        warnings.append(f"eventType: {said!r} is not in upper case")
        return said.upper()
    warnings.append(f"eventType: {'missing' if said is None else f'{str(said)[:60]!r} is unknown'}, taken as OTHER")
    return "OTHER"


def _find_oddities(event: dict[str, Any], kind: EventKind, warnings: list[str]) -> None:
    warnings += (f"{field}: missing" for field in ("producer", "schemaURL") if not isinstance(event.get(field), str))
    run_id = event["run"]["runId"] if kind is EventKind.RUN else None
    if run_id is not None and not _UUID.fullmatch(str(run_id)):
        warnings.append("run.runId: not a UUID; taken as a name within the job's namespace")
    for field in ("run", "job", "dataset"):
        _find_odd_facets(event.get(field), field, ("facets",), warnings)
    for field in ("inputs", "outputs"):
        _find_odd_datasets(event.get(field), field, warnings)


def _find_odd_datasets(datasets: object, field: str, warnings: list[str]) -> None:
    if not isinstance(datasets, list):
        if datasets is not None:
            warnings.append(f"{field}: {_name_of(datasets)} instead of an array, taken as absent")
        return
    for index, dataset in enumerate(datasets):
        if len(warnings) > MAX_WARNINGS:
            return
        where = f"{field}[{index}]"
        if not isinstance(dataset, dict) or not _is_name(dataset.get("namespace")) or not _is_name(dataset.get("name")):
            warnings.append(f"{where}: no namespace and name, skipped")
        _find_odd_facets(dataset, where, ("facets", "inputFacets", "outputFacets"), warnings)


def _find_odd_facets(owner: object, where: str, fields: tuple[str, ...], warnings: list[str]) -> None:
    if not isinstance(owner, dict):
        return
    for field in fields:
        facets = owner.get(field)
        if facets is None:
            continue
        if not isinstance(facets, dict):
            warnings.append(f"{where}.{field}: {_name_of(facets)} instead of an object, taken as absent")
            continue
        for name, facet in facets.items():
            if not isinstance(facet, dict):
                warnings.append(f"{where}.{field}.{name[:100]}: {_name_of(facet)} instead of an object, skipped")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


def _bounded(warnings: list[str]) -> tuple[str, ...]:
    if len(warnings) <= MAX_WARNINGS:
        return tuple(warnings)
    return (*warnings[: MAX_WARNINGS - 1], f"and {len(warnings) - MAX_WARNINGS + 1} more")


_NAMES: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
}


def _name_of(value: object) -> str:
    return _NAMES.get(type(value), "no JSON value")
