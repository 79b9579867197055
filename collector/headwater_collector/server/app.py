"""The HTTP application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI

from headwater_collector.server.access import Guards
from headwater_collector.server.aliases import alias_routes
from headwater_collector.server.decisions import decision_routes
from headwater_collector.server.direct import DirectlyAnswering
from headwater_collector.server.docs import docs_routes
from headwater_collector.server.events import event_routes
from headwater_collector.server.lineage import direct_endpoints, lineage_routes
from headwater_collector.server.metrics import metrics_routes
from headwater_collector.server.operation import operation_routes
from headwater_collector.server.problem import answer_errors
from headwater_collector.server.reads import read_routes
from headwater_collector.server.receiver import Receiver
from headwater_collector.server.services import Services


def create_app(services: Services) -> FastAPI:
    """Return the application over these services, which stay open when it ends."""
    receiver = Receiver(services)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        yield
        receiver.close()

    app = DirectlyAnswering(
        direct_endpoints(receiver),
        title="Headwater",
        version=version("headwater"),
        description="OpenLineage events in, provenance out. Errors are problem+json (RFC 9457).",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    guards = Guards(services)
    answer_errors(app)
    app.include_router(lineage_routes(receiver))
    app.include_router(event_routes(services, guards))
    app.include_router(decision_routes(services, guards))
    app.include_router(alias_routes(services, guards))
    app.include_router(read_routes(services, guards))
    app.include_router(operation_routes(services, guards))
    app.include_router(metrics_routes(services.meters))
    app.include_router(docs_routes())
    _watch(services)
    return app


def _watch(services: Services) -> None:
    watch, log, index = services.meters.watch, services.log, services.index
    watch("headwater_log_end", "Offset of the last event in the log", log.end)
    watch("headwater_applied_through", "Offset up to which the graph holds the log", index.applied_through)
    watch("headwater_pending_events", "Events accepted and not yet applied", lambda: services.status()[1])
    watch("headwater_failed_events", "Events that could not be applied", lambda: len(index.failed()))
    watch("headwater_in_flight_bytes", "Bytes of bodies in memory", lambda: services.budget.used)
    watch("headwater_graph_reachable", "1 if Neo4j answers", lambda: services.graph().reachable)
