"""Whether Headwater is well: for people, load balancers and supervisors."""

from functools import cache
from importlib.metadata import version
from typing import Any

from fastapi import APIRouter, Depends, Response

from headwater_collector.server.access import Guards
from headwater_collector.server.problem import problem_response
from headwater_collector.server.services import Services


def operation_routes(services: Services, guards: Guards) -> APIRouter:
    """Return the routes of status and health."""
    router = APIRouter(tags=["Operation"])

    @router.get("/api/headwater/v1/status", dependencies=[Depends(guards.read)])
    def status() -> dict[str, Any]:
        """Tell how far the graph is behind the log, and why if it stands still."""
        return status_of_services(services)

    @router.get("/health/live", response_class=Response)
    async def live() -> Response:
        """Answer 204 as long as the process answers at all."""
        return Response(status_code=204)

    @router.get("/health/ready", response_class=Response, responses={503: {"description": "Events cannot be recorded"}})
    async def ready() -> Response:
        """Answer 204 while events can be recorded; an unreachable Neo4j does not hinder that."""
        if services.log.problem is None:
            return Response(status_code=204)
        return problem_response(503, "Log unavailable", services.log.problem)

    return router


def status_of_services(services: Services) -> dict[str, Any]:
    """Return the state of the log, the projection and the graph."""
    applied, pending = services.status()
    graph = services.graph()
    return {
        "version": _version(),
        "log": {"id": services.log.id, "end": services.log.end(), "problem": services.log.problem},
        "appliedThrough": applied,
        "pending": pending,
        "events": {str(status): count for status, count in services.index.counts().items()},
        "graph": {"reachable": graph.reachable, "problem": graph.problem, "address": graph.address},
        "inFlightBytes": services.budget.used,
    }


@cache
def _version() -> str:
    return version("headwater")  # reads files each time
