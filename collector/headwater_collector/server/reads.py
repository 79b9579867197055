"""Questions about lineage over HTTP; the answers themselves are made by `headwater_collector.answers`."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from headwater_collector import answers
from headwater_collector.question import DEFAULT_LIMIT, Direction, Level, Question
from headwater_collector.server.access import Guards
from headwater_collector.server.entities import add_entities
from headwater_collector.server.services import Services
from headwater_collector.server.shown import as_json

Of = Annotated[
    str, Query(description="A dataset, job, run, version or column, by its name, the end of it, or its key.")
]
AtLevel = Annotated[
    Level | None, Query(description="design: what is wired to what; run: what really happened; column.")
]
Depth = Annotated[int | None, Query(description="Hops from dataset to dataset; all if it is left out.")]
Limit = Annotated[int, Query(description="Most nodes in the answer.")]
AsOf = Annotated[datetime | None, Query(alias="asOf", description="The state at this moment instead of now.")]
Ended = Annotated[bool, Query(description="Count wiring that has ended, too.")]
Details = Annotated[bool, Query(description="Tell code, parameters, environment and checks.")]


def read_routes(services: Services, guards: Guards) -> APIRouter:
    """Return the routes of questions about lineage and of what they are about."""
    router = APIRouter(
        prefix="/api/headwater/v1",
        tags=["Lineage"],
        dependencies=[Depends(guards.read)],
        default_response_class=Response,
    )

    def answer(direction: Direction, of: str, **options: Any) -> Response:
        question = Question(direction, of, **options)
        return as_json(answers.lineage(services.queries(), question, services.status))

    @router.get("/upstream")
    def upstream(
        of: Of,
        level: AtLevel = None,
        depth: Depth = None,
        limit: Limit = DEFAULT_LIMIT,
        as_of: AsOf = None,
        ended: Ended = False,
        details: Details = True,
    ) -> Response:
        """Tell everything that a thing was made from."""
        return answer("upstream", of, level=level, depth=depth, limit=limit, as_of=as_of, ended=ended, details=details)

    @router.get("/downstream")
    def downstream(
        of: Of,
        level: AtLevel = None,
        depth: Depth = None,
        limit: Limit = DEFAULT_LIMIT,
        as_of: AsOf = None,
        ended: Ended = False,
        details: Details = True,
    ) -> Response:
        """Tell everything that was made from a thing."""
        return answer(
            "downstream", of, level=level, depth=depth, limit=limit, as_of=as_of, ended=ended, details=details
        )

    add_entities(router, services)
    return router
