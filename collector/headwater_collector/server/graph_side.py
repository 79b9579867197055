"""Everything behind the log: Neo4j, managed or given, the projector that writes it, and the queries that read it."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from headwater_graph.connection import address_of, connect, server_facts
from headwater_graph.errors import GraphUnavailable
from headwater_graph.local_neo4j import LocalNeo4j
from headwater_graph.local_neo4j.provision import OnProgress
from headwater_graph.neo4j_store import Neo4jGraphStore
from headwater_graph.queries import Queries

from headwater_collector.data_folder import DataFolder
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.projection.worker import ProjectionWorker, holder_of
from headwater_collector.server.services import GraphState
from headwater_collector.settings import Settings
from headwater_collector.store_swap import recover_swap

logger = logging.getLogger(__name__)


def _ignore(sentence: str) -> None:
    logger.info(sentence)


@dataclass(frozen=True, slots=True)
class Reports:
    """Whom to tell what happens; called from another thread."""

    ready: Callable[[str], None] = _ignore
    """Neo4j answers, at this address."""
    warn: Callable[[str], None] = logger.warning
    """Something is wrong that Headwater goes on to try."""
    fatal: Callable[[Exception], None] = field(default=logger.error)
    """A person must act."""
    progress: OnProgress | None = None
    """How far a download is."""


class GraphSide:
    """Starts Neo4j and the projector on a thread of its own, so that events are received in the meantime."""

    def __init__(
        self, settings: Settings, data: DataFolder, log: SqliteEventLog, index: EventIndex, reports: Reports
    ) -> None:
        self._settings, self._data, self._log, self._index, self._reports = settings, data, log, index, reports
        self._local: LocalNeo4j | None = None
        self._queries: Queries | None = None
        self._worker: ProjectionWorker | None = None
        self._address = address_of(settings.neo4j_uri) if settings.neo4j_uri else ""
        self._stopping = False
        self._starter = threading.Thread(target=self._start, name="graph-start", daemon=True)

    def start(self) -> None:
        """Begin; returns at once."""
        self._starter.start()

    def stop(self) -> None:
        """Stop the projector, then Neo4j if it is managed; return when both are gone."""
        self._stopping = True
        if self._starter.is_alive() and self._local:
            self._local.stop()
        if self._starter.ident:
            self._starter.join(timeout=30)
        if self._worker:
            self._worker.stop()
        if self._queries:
            self._queries.driver.close()
        if self._local:
            self._local.stop()

    def state(self) -> GraphState:
        """Return how the projection stands."""
        problem = self._worker.problem if self._worker else "Neo4j is being started."
        return GraphState(reachable=problem is None, problem=problem, address=self._address)

    def queries(self) -> Queries:
        """Return what reads the graph. Raises `GraphUnavailable` until Neo4j was started."""
        if self._queries is None:
            raise GraphUnavailable("Neo4j is being started: ask again in a moment.")
        return self._queries

    def _start(self) -> None:
        try:
            self._connect()
            self._project()
        except Exception as error:
            if not self._stopping:
                self._reports.fatal(error)

    def _connect(self) -> None:
        settings = self._settings
        if settings.neo4j_uri:
            password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
            driver = connect(settings.neo4j_uri, settings.neo4j_user, password)
        else:
            info = self._managed().start(self._reports.progress)
            self._address = info.uri
            driver = connect(info.uri, info.user, info.password)
        self._queries = Queries(driver, settings.neo4j_database, settings.query_timeout_seconds)

    def _managed(self) -> LocalNeo4j:
        settings = self._settings
        self._local = LocalNeo4j(
            recover_swap(self._data.neo4j),
            cache_dir=settings.cache_dir,
            heap_mb=settings.neo4j_heap_mb,
            page_cache_mb=settings.neo4j_page_cache_mb,
            bolt_port=settings.bolt_port,
            on_restart=self._reports.warn,
        )
        return self._local

    def _project(self) -> None:
        assert self._queries
        settings, driver = self._settings, self._queries.driver
        store = Neo4jGraphStore(driver, settings.neo4j_database)
        holder = holder_of(self._data.path)
        self._worker = ProjectionWorker(self._log, self._index, store, holder, settings.batch_size)
        try:
            server_facts(driver, settings.neo4j_database)
            self._worker.claim()
            self._reports.ready(self._address)
        except GraphUnavailable as error:
            self._reports.warn(f"{error} Events are received in the meantime.")
        if not self._stopping:
            self._worker.start()
