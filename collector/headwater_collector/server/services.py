"""The parts that the HTTP interface is put together from."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from headwater_graph.errors import GraphUnavailable
from headwater_graph.queries import Queries

from headwater_collector.answers.folding import Folding
from headwater_collector.api_keys import ApiKeys
from headwater_collector.body import Budget
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.server.metrics import Meters, make_meters
from headwater_collector.settings import Settings


@dataclass(frozen=True, slots=True)
class GraphState:
    """How the projection and the graph are; asked for by health checks, so it must cost nothing."""

    reachable: bool
    """Whether the database answered when it was last asked."""
    problem: str | None = None
    """Why the projection stands still, if it does; the sentence says what to do."""
    address: str = ""
    """Where the graph is, without user and password."""


def _unknown_graph() -> GraphState:
    return GraphState(reachable=False, problem="No projector runs in this process.")


def _no_queries() -> Queries:
    raise GraphUnavailable("This process serves no graph.")


@dataclass(frozen=True, slots=True)
class Services:
    """What the endpoints use. Made by `serve`, or by a test, which also closes the parts."""

    log: SqliteEventLog
    index: EventIndex
    keys: ApiKeys
    settings: Settings
    budget: Budget
    meters: Meters = field(default_factory=make_meters)
    graph: Callable[[], GraphState] = _unknown_graph
    queries: Callable[[], Queries] = _no_queries
    """Returns what reads the graph, or raises `GraphUnavailable`."""

    folding: Folding = field(default_factory=Folding)
    """Which datasets answers show as one."""

    @property
    def unended_after(self) -> timedelta:
        """How long a run may go without a word."""
        return timedelta(hours=self.settings.unended_after_hours)

    def status(self) -> tuple[int, int]:
        """Return the offset up to which the graph holds the log, and how many events it does not hold yet."""
        applied = self.index.applied_through()
        return applied, max(self.log.end() - applied, 0)
