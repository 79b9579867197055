"""Lists and details of datasets, jobs, runs and versions, search, and analysts' Cypher over HTTP."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from headwater_graph.cypher_guard import Guard
from headwater_graph.errors import QueryRefused, QueryTimeout
from headwater_graph.keys import dataset_key, job_key
from pydantic import BaseModel, Field

from headwater_collector.answers import entities, kept_facets
from headwater_collector.answers.unended import mark_unended
from headwater_collector.server.services import Services
from headwater_collector.server.shown import as_json

Namespace = Annotated[str | None, Query(description="Only this namespace; with `name`, the one thing called so.")]
Name = Annotated[str | None, Query(description="Tell the one thing of this name (or end of a name) in detail.")]
Key = Annotated[str | None, Query(description="Tell the one thing with this key in detail.")]
Cursor = Annotated[str | None, Query(description="`nextCursor` of the page before.")]
Limit = Annotated[int, Query(description="Most to return, up to 1,000.")]


class Cypher(BaseModel):
    """A statement that reads."""

    query: str = Field(description="One Cypher statement that only reads; EXPLAIN before it shows its plan.")
    parameters: dict[str, Any] = Field(default_factory=dict, description="Values of its $parameters.")
    limit: int | None = Field(None, ge=1, description="Most rows.")


def add_entities(router: APIRouter, services: Services) -> None:
    """Add the routes of entities to a router."""

    @router.get("/datasets")
    def datasets(
        namespace: Namespace = None, name: Name = None, key: Key = None, cursor: Cursor = None, limit: Limit = 100
    ) -> Response:
        """List datasets in order of their keys, or tell one in detail."""
        one = key or (dataset_key(namespace, name) if namespace and name else name)
        if one:
            return as_json(entities.dataset(services.queries(), one))
        return as_json(entities.datasets(services.queries(), namespace, cursor, limit))

    @router.get("/jobs")
    def jobs(
        namespace: Namespace = None, name: Name = None, key: Key = None, cursor: Cursor = None, limit: Limit = 100
    ) -> Response:
        """List jobs in order of their keys, or tell one in detail."""
        one = key or (job_key(namespace, name) if namespace and name else name)
        if one:
            return as_json(entities.job(services.queries(), one))
        return as_json(entities.jobs(services.queries(), namespace, cursor, limit))

    _add_run_level(router, services)
    _add_search(router, services)


def _add_run_level(router: APIRouter, services: Services) -> None:
    @router.get("/runs")
    def runs(
        run_id: Annotated[str | None, Query(alias="runId", description="Tell the run with this id in detail.")] = None,
        key: Key = None,
        job: Annotated[str | None, Query(description="Only runs of this job, by name or key.")] = None,
        state: Annotated[str | None, Query(description="Only runs in this state, e.g. FAIL.")] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """List runs, newest first, or tell one in detail."""
        one = key or run_id
        if one:
            found = entities.run(services.queries(), one)
            mark_unended([found], services.unended_after)
            return as_json(found)
        page = entities.runs(services.queries(), job, state, cursor, limit)
        mark_unended(page["runs"], services.unended_after)
        return as_json(page)

    @router.get("/versions")
    def versions(
        dataset: Annotated[str | None, Query(description="List the versions of this dataset, by name or key.")] = None,
        name: Annotated[str | None, Query(description="Tell the version called name@version in detail.")] = None,
        key: Key = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """List the versions of a dataset, newest first, or tell one in detail."""
        one = key or name
        if one:
            return as_json(entities.version(services.queries(), one))
        return as_json(entities.versions(services.queries(), dataset or "", cursor, limit))


def _add_search(router: APIRouter, services: Services) -> None:
    @router.get("/search")
    def search(q: Annotated[str, Query(description="Words of names.")], limit: Limit = 20) -> Response:
        """Find datasets and jobs by words of their names, best first."""
        return as_json(entities.search(services.queries(), q, limit))

    @router.get("/facets")
    def facets(
        name: Annotated[str | None, Query(description="Tell who has a facet of this name, with the facet.")] = None,
        kind: Annotated[str | None, Query(description="Only those of a dataset, job, run or version.")] = None,
        cursor: Cursor = None,
        limit: Limit = 100,
    ) -> Response:
        """List the names of the facets that are kept whole, or tell who has one."""
        if name is None:
            return as_json(kept_facets.names(services.queries(), cursor, limit))
        return as_json(kept_facets.owners(services.queries(), name, kind, cursor, limit))

    @router.post("/cypher")
    def cypher(statement: Cypher) -> Response:
        """Run a Cypher statement that only reads; anything else is refused with the reason."""
        queries = services.queries()
        guard = Guard(queries.driver, queries.database, queries.timeout, services.settings.query_row_limit)
        try:
            table = guard.run(statement.query, statement.parameters, statement.limit)
        except QueryTimeout as error:
            # Sending the same again would take as long again.
            raise QueryRefused(str(error)) from error
        applied, pending = services.status()
        return as_json(
            {
                "columns": table.columns,
                "rows": table.rows,
                "truncated": table.truncated,
                "appliedThrough": applied,
                "pending": pending,
            }
        )
