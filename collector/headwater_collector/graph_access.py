"""Reaching the graph without the server: the given Neo4j, the managed one that runs, or the managed one, started."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from headwater_graph.connection import address_of, connect
from headwater_graph.local_neo4j import LocalNeo4j
from headwater_graph.local_neo4j.provision import OnProgress
from headwater_graph.local_neo4j.running import running
from headwater_graph.open_graph import OpenGraph

from headwater_collector.data_folder import DataFolder
from headwater_collector.errors import SetupError
from headwater_collector.settings import Settings
from headwater_collector.store_swap import recover_swap


@contextmanager
def graph_in_use(settings: Settings, on_progress: OnProgress | None = None) -> Iterator[OpenGraph]:
    """Yield the graph that a server with these settings uses, whether it runs or not.

    Raises `SetupError` if there is none yet, `GraphRefused` or `GraphUnavailable` if it cannot be reached.
    """
    if settings.neo4j_uri:
        with given_graph(settings) as graph:
            yield graph
        return
    data = DataFolder(settings.data_dir)
    info = running(data.neo4j)
    if info:
        with closing(connect(info.uri, info.user, info.password)) as driver:
            yield OpenGraph(driver, settings.neo4j_database, info.uri)
        return
    with data.lock():
        if not recover_swap(data.neo4j).exists():
            raise SetupError(f"There is no graph in {data.path} yet: 'headwater serve' makes it.")
        with started_graph(settings, data.neo4j, on_progress) as graph:
            yield graph


@contextmanager
def given_graph(settings: Settings) -> Iterator[OpenGraph]:
    """Yield the graph in the Neo4j that the settings name."""
    assert settings.neo4j_uri
    password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
    with closing(connect(settings.neo4j_uri, settings.neo4j_user, password)) as driver:
        yield OpenGraph(driver, settings.neo4j_database, address_of(settings.neo4j_uri))


@contextmanager
def started_graph(settings: Settings, folder: Path, on_progress: OnProgress | None = None) -> Iterator[OpenGraph]:
    """Start the managed Neo4j on that folder, yield its graph, and stop it."""
    local = LocalNeo4j(
        folder,
        cache_dir=settings.cache_dir,
        heap_mb=settings.neo4j_heap_mb,
        page_cache_mb=settings.neo4j_page_cache_mb,
        bolt_port=settings.bolt_port,
    )
    info = local.start(on_progress)
    try:
        with closing(connect(info.uri, info.user, info.password)) as driver:
            yield OpenGraph(driver, settings.neo4j_database, info.uri)
    finally:
        local.stop()
