"""What operators decided about events and rules, over HTTP."""

from typing import Any

from fastapi import APIRouter, Depends

from headwater_collector.log.decisions import Decisions, Listed
from headwater_collector.server.access import Guards
from headwater_collector.server.events import Cursor, Limit, before
from headwater_collector.server.services import Services


def decision_routes(services: Services, guards: Guards) -> APIRouter:
    """Return the routes of decisions."""
    router = APIRouter(prefix="/api/headwater/v1/decisions", tags=["Decisions"])
    decisions = Decisions(services.log)

    @router.get("", dependencies=[Depends(guards.read)])
    def list_decisions(cursor: Cursor = None, limit: Limit = 100) -> dict[str, Any]:
        """List what operators decided, newest first: what, about which event or rule, who, when and why."""
        found = decisions.newest(before(cursor), limit)
        applied = services.index.applied_through()
        more = str(found[-1].offset) if len(found) == limit else None
        return {"decisions": [_shown(each, applied) for each in found], "nextCursor": more}

    return router


def _shown(listed: Listed, applied: int) -> dict[str, Any]:
    decision = listed.decision
    told: dict[str, Any] = {
        "id": decision.id,
        "offset": listed.offset,
        "decision": str(decision.kind),
        "subject": decision.subject,
        **decision.content,
        "by": decision.by,
        "at": decision.at,
        "reason": decision.reason,
        "status": "failed" if listed.failed else "applied" if listed.offset <= applied else "accepted",
    }
    return told | ({"failure": listed.failed} if listed.failed else {})
