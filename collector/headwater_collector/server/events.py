"""What became of each event: its status, its original bytes, another try for failed ones, and taking one out."""

from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from headwater_collector.errors import BadRequest, NotFound
from headwater_collector.log.decisions import Decided, Decisions
from headwater_collector.log.event_index import EventStatus, Status
from headwater_collector.parse import recorded_event
from headwater_collector.projection.unread import warnings_on
from headwater_collector.server.access import Access, Guards
from headwater_collector.server.services import Services

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=1_000, description="Most to return.")]
Cursor = Annotated[str | None, Query(description="`nextCursor` of the page before.")]


class Chosen(BaseModel):
    """Events that an operator decides about."""

    events: list[str] = Field(min_length=1, max_length=1_000, description="Ids of the events.")
    reason: str = Field("", max_length=2_000, description="Why; kept with the decision.")


def event_routes(services: Services, guards: Guards) -> APIRouter:
    """Return the routes of events received."""
    router = APIRouter(prefix="/api/headwater/v1/events", tags=["Events"])
    index = services.index

    @router.get("", dependencies=[Depends(guards.read)])
    def list_events(status: Status | None = None, cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
        """List events, newest first; rejected ones only when asked for by `status=rejected`."""
        found = index.list_events(status, before(cursor), limit)
        more = str(found[-1].cursor) if len(found) == limit else None
        return {"events": [shown(event) for event in found], "nextCursor": more}

    @router.post("/retry", dependencies=[Depends(guards.admin)])
    def retry_all() -> dict[str, Any]:
        """Try all failed events again."""
        return {"retrying": index.retry_all()}

    @router.get("/{event_id}", dependencies=[Depends(guards.read)])
    def show_event(event_id: str) -> dict[str, Any]:
        """Tell what is known of one event or rejected body, also what of it is not in the graph, and why."""
        told = shown(_found(index.find(event_id), event_id))
        if "offset" in told:
            told["warnings"] += warnings_on(recorded_event(_found(index.body(event_id), event_id), event_id))
        return told

    @router.get("/{event_id}/body", response_class=Response, dependencies=[Depends(guards.read)])
    def event_body(event_id: str) -> Response:
        """Return the bytes as they were sent (without Content-Encoding)."""
        event = _found(index.find(event_id), event_id)
        body = _found(index.body(event_id), event_id)
        # Rejected bytes can be anything, and must not run as a page of this origin.
        media_type = "application/octet-stream" if event.status is Status.REJECTED else "application/json"
        return Response(body, media_type=media_type, headers={"X-Content-Type-Options": "nosniff"})

    @router.post("/{event_id}/retry", dependencies=[Depends(guards.admin)])
    def retry(event_id: str) -> dict[str, Any]:
        """Try a failed event again."""
        if index.retry(event_id):
            return {"retrying": 1}
        event = _found(index.find(event_id), event_id)
        raise BadRequest(f"Event {event_id} is {event.status}: only failed ones can be tried again.")

    _add_exclusion(router, Decisions(services.log), guards)
    return router


def _add_exclusion(router: APIRouter, decisions: Decisions, guards: Guards) -> None:
    @router.post("/exclude")
    def exclude(chosen: Chosen, access: Annotated[Access, Depends(guards.admin)]) -> dict[str, Any]:
        """Take events out of the graph, which becomes that of all others; they stay in the log."""
        return _decided("excluded", decisions.exclude(chosen.events, access.name, chosen.reason))

    @router.post("/include")
    def include(chosen: Chosen, access: Annotated[Access, Depends(guards.admin)]) -> dict[str, Any]:
        """Take excluded events into the graph again."""
        return _decided("included", decisions.include(chosen.events, access.name, chosen.reason))


def _decided(verb: str, found: Decided) -> dict[str, Any]:
    return {verb: list(found.decided), "unchanged": list(found.unchanged), "offset": found.offset or None}


def shown(event: EventStatus) -> dict[str, Any]:
    """Return the status of an event as the API tells it."""
    told: dict[str, Any] = {"id": event.id, "status": event.status, "receivedAt": event.received_at}
    if event.offset is not None:
        told["offset"] = event.offset
    if event.reason is not None:
        told["reason"] = event.reason
    if event.http_status is not None:
        told["httpStatus"] = event.http_status
    if event.truncated:
        told["truncated"] = True
    if event.retrying:
        told["retrying"] = True
    told["warnings"] = list(event.warnings)
    return told


def before(cursor: str | None) -> int | None:
    """Return the position that a cursor names. Raises `BadRequest`."""
    if cursor is None:
        return None
    if not cursor.isdecimal() or len(cursor) > 18:
        raise BadRequest(f"cursor: {cursor[:60]!r} is not the `nextCursor` of a page.")
    return int(cursor)


def _found(value: T | None, event_id: str) -> T:
    if value is None:
        raise NotFound(
            f"No event {event_id[:100]!r} is known: ids are SHA-256 in hex, `headwater events list` shows them."
        )
    return value
