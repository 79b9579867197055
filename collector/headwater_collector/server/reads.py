"""Questions about lineage over HTTP; the answers themselves are made by `headwater_collector.answers.lineage`."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from headwater_collector.answers import lineage
from headwater_collector.answers.granularity import Granularity, folds
from headwater_collector.answers.question import DEFAULT_LIMIT, Direction, Level, Question
from headwater_collector.answers.unended import mark_unended
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
Fine = Annotated[
    Granularity | None,
    Query(
        description="operation: all as reported; job or run: parts folded into their dataset; application: jobs and "
        "runs folded into the topmost one that they are part of; dataset: datasets alone."
    ),
]
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
        found = lineage.lineage(services.queries(), question, services.status, services.folding)
        mark_unended(found["nodes"], services.unended_after)
        return as_json(found)

    @router.get("/upstream")
    def upstream(
        of: Of,
        level: AtLevel = None,
        depth: Depth = None,
        limit: Limit = DEFAULT_LIMIT,
        as_of: AsOf = None,
        ended: Ended = False,
        granularity: Fine = None,
        details: Details = True,
    ) -> Response:
        """Tell everything that a thing was made from."""
        given = {"depth": depth, "limit": limit, "as_of": as_of, "ended": ended, "details": details}
        return answer("upstream", of, level=level, granularity=granularity, **given)

    @router.get("/downstream")
    def downstream(
        of: Of,
        level: AtLevel = None,
        depth: Depth = None,
        limit: Limit = DEFAULT_LIMIT,
        as_of: AsOf = None,
        ended: Ended = False,
        granularity: Fine = None,
        details: Details = True,
    ) -> Response:
        """Tell everything that was made from a thing."""
        given = {"depth": depth, "limit": limit, "as_of": as_of, "ended": ended, "details": details}
        return answer("downstream", of, level=level, granularity=granularity, **given)

    @router.get("/folds")
    def folds_of(of: Annotated[str | None, Query(description="A dataset by its name.")] = None) -> Response:
        """Tell the rules by which answers show several datasets as one, and the parts of a dataset."""
        return as_json(folds(services.queries, services.folding, of))

    add_entities(router, services)
    return router
