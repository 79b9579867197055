"""Building the graph anew from the log: beside the one in use, to compare and to replace it, or in another database."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from headwater_graph.errors import GraphError, GraphRefused
from headwater_graph.local_neo4j.running import await_end
from headwater_graph.open_graph import OpenGraph

from headwater_collector.data_folder import DataFolder
from headwater_collector.errors import SetupError
from headwater_collector.graph_access import given_graph, started_graph
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.projection.projector import PROJECTION_VERSION
from headwater_collector.projection.worker import holder_of
from headwater_collector.replay_build import Build, InUse, Replayed, ReplayOutcomes, Reports
from headwater_collector.settings import Settings
from headwater_collector.store_swap import being_built, discard, kept_before, recover_swap, swap_in

ANOTHER = "name an empty database with --neo4j-uri or --neo4j-database"


@dataclass(frozen=True, slots=True)
class _Job:
    """What a replay works on, held by it alone."""

    settings: Settings
    reports: Reports
    data: DataFolder
    log: SqliteEventLog
    index: EventIndex

    @property
    def holder(self) -> str:
        # The server's own: whoever holds the folder's lock may take the lease over from a server that was killed.
        return holder_of(self.data.path)

    def build(self, outcomes: ReplayOutcomes) -> Build:
        return Build(self.log, outcomes, self.reports, holder=self.holder, batch_size=self.settings.batch_size)


def check(settings: Settings, reports: Reports) -> Replayed:
    """Build the graph anew in a store of its own, compare it with the one in use, and leave all as it was."""
    with _opened(settings, reports) as job, _beside(job.data) as folder:
        used = _given_in_use(job) if settings.neo4j_uri else _managed_in_use(job)
        reports.step(f"Building the graph anew from {job.log.end():,} events")
        beside = settings.model_copy(update={"neo4j_database": None})
        with started_graph(beside, folder, reports.download) as graph:
            return job.build(ReplayOutcomes(job.index, at_once=False)).into(graph, used)


def replay_managed(settings: Settings, reports: Reports) -> Replayed:
    """Build the graph of the managed Neo4j anew beside it, compare, and put the new one in its place.

    A crash at any moment leaves the one or the other in use.
    """
    with _opened(settings, reports) as job, _beside(job.data) as folder:
        used = _managed_in_use(job)
        reports.step(f"Building the graph anew from {job.log.end():,} events, beside the one in use")
        outcomes = ReplayOutcomes(job.index, at_once=False)
        with started_graph(settings, folder, reports.download) as graph:
            found = job.build(outcomes).into(graph, used)
        outcomes.tell()
        return _swapped(job.data, found)


def _swapped(data: DataFolder, found: Replayed) -> Replayed:
    replaces = data.neo4j.exists()
    swap_in(data.neo4j)
    before = kept_before(data.neo4j)
    if found.equal:
        discard(before)
        return found
    return replace(found, kept=before) if replaces else found


def replay_given(settings: Settings, reports: Reports, *, overwrite: bool) -> Replayed:
    """Build the graph in the Neo4j that the settings name: an empty database, or one of this log if `overwrite`."""
    with _opened(settings, reports) as job, given_graph(settings) as graph:
        _make_empty(job, graph, overwrite=overwrite)
        reports.step(f"Building the graph from {job.log.end():,} events in {graph.address}")
        build = job.build(ReplayOutcomes(job.index, at_once=True))
        return build.into(graph, InUse(None, why_not="the database was empty"))


@contextmanager
def _opened(settings: Settings, reports: Reports) -> Iterator[_Job]:
    data = DataFolder(settings.data_dir)
    if not data.log.exists():
        raise SetupError(f"There is no event log in {data.path}: name the data folder with --data-dir.")
    with data.lock(), closing(SqliteEventLog(data.log)) as log, closing(EventIndex(log, data.index)) as index:
        yield _Job(settings, reports, data, log, index)


@contextmanager
def _beside(data: DataFolder) -> Iterator[Path]:
    """Yield a fresh store folder with the password of the one in use; what is left of it in the end is removed."""
    recover_swap(data.neo4j)
    folder = being_built(data.neo4j)
    await_end(folder)
    discard(folder)
    folder.mkdir(mode=0o700)
    password = data.neo4j / "password"
    if password.exists():
        shutil.copy(password, folder / "password")
    try:
        yield folder
    finally:
        discard(folder)


def _managed_in_use(job: _Job) -> InUse:
    if not job.data.neo4j.exists():
        return InUse(None, why_not="there was no graph before")
    job.reports.step("Reading the graph in use")
    try:
        with started_graph(job.settings, job.data.neo4j, job.reports.download) as graph:
            return _in_use(graph, job.log)
    except GraphError as error:
        return InUse(None, why_not=f"the graph in use cannot be read: {error}")


def _given_in_use(job: _Job) -> InUse:
    job.reports.step("Reading the graph in use")
    with given_graph(job.settings) as graph:
        return _in_use(graph, job.log)


def _in_use(graph: OpenGraph, log: SqliteEventLog) -> InUse:
    found = graph.standing()
    if found.log is None:
        return InUse(None, why_not="there was no graph before")
    if found.log != log.id or found.position > log.end():
        return InUse(None, why_not=f"the graph in use was built from another log, {found.log}")
    if found.projection != PROJECTION_VERSION:
        built = f"the graph in use was built by version {found.projection} of the projection"
        return InUse(None, why_not=f"{built}, and this is version {PROJECTION_VERSION}")
    return InUse(graph.digest(), found.position)


def _make_empty(job: _Job, graph: OpenGraph, *, overwrite: bool) -> None:
    """Empty the graph if it may be. Raises `GraphRefused` with the way out."""
    found, log = graph.standing(), job.log
    if found.log is None and found.nodes == 0:
        return
    _refuse_foreign(graph, log)
    if not overwrite:
        raise GraphRefused(
            f"{graph.address} holds the graph of this log already, up to entry {found.position}: add --overwrite to "
            f"empty it and build it anew, or {ANOTHER}"
        )
    job.reports.step(f"Emptying {graph.address}: {found.nodes:,} nodes")
    store = graph.store()
    store.claim(log.id, max(found.position, log.end()), found.projection or PROJECTION_VERSION, job.holder)
    store.clear()


def _refuse_foreign(graph: OpenGraph, log: SqliteEventLog) -> None:
    found = graph.standing()
    if found.log is None:
        raise GraphRefused(f"{graph.address} holds {found.nodes:,} nodes that Headwater did not write: {ANOTHER}")
    if found.log != log.id:
        raise GraphRefused(
            f"{graph.address} holds the graph of event log {found.log}, and this data folder holds log {log.id}: "
            f"use the folder of that log, or {ANOTHER}"
        )
    foreign = graph.foreign_nodes()
    if foreign:
        raise GraphRefused(
            f"{graph.address} also holds {foreign:,} nodes that Headwater did not write, and a replay would remove "
            f"them: {ANOTHER}"
        )
