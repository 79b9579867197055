"""Fixtures for every test that touches the graph: a real Neo4j, started the way `headwater serve` starts it."""

from collections.abc import Iterator

import neo4j
import pytest
from headwater_graph.local_neo4j import ConnectionInfo, LocalNeo4j
from hypothesis import HealthCheck, settings

from tests.other_neo4j import other_neo4j

DELETE_ALL = "MATCH (n) CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 5000 ROWS"

# How long an example takes says nothing: the machine may be slow. What lets a change in tries the same examples each
# time, so that its verdict is about the change; new ones are looked for by everybody's runs of the tests.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", settings.get_profile("any machine"), derandomize=True, database=None)
settings.load_profile("any machine")

PRODUCERS = "--producers"
KILLS = "--kills"
NEO4J_VERSION = "--neo4j-version"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that includes what must be asked for."""
    parser.addoption(PRODUCERS, action="store_true", help="run Spark, Airflow, dbt and Feast, too; installs 2 GB, once")
    parser.addoption(KILLS, action="store_true", help="kill servers in mid-ingest, too; takes 5 minutes")
    parser.addoption(NEO4J_VERSION, help="run against this Neo4j 5, such as 5.26.30, rather than the managed one")
    parser.addoption("--record-events", action="store_true", help="write what these send to tests/producers/recorded")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what uses the graph; leave out, and say so, what nobody asked for; with another Neo4j, all but the graph."""
    for item in items:
        if "neo4j_server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.graph)
    if config.getoption(NEO4J_VERSION):
        concerned = [item for item in items if item.get_closest_marker("graph")]
        config.hook.pytest_deselected(items=[item for item in items if not item.get_closest_marker("graph")])
        items[:] = concerned
    for option in (PRODUCERS, KILLS):
        if not config.getoption(option):
            left_out = pytest.mark.skip(reason=f"runs with {option} only")
            for item in items:
                if item.get_closest_marker(option.removeprefix("--")):
                    item.add_marker(left_out)


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Iterator[ConnectionInfo]:
    """One server per test worker; the cache of jars is shared between workers and with `serve`."""
    other = pytestconfig.getoption(NEO4J_VERSION)
    if other:
        with other_neo4j(other, tmp_path_factory.mktemp("neo4j")) as connection:
            yield connection
        return
    server = LocalNeo4j(tmp_path_factory.mktemp("neo4j"), bolt_port=17687)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def neo4j_driver(neo4j_server: ConnectionInfo) -> Iterator[neo4j.Driver]:
    """A driver to the worker's server."""
    auth = (neo4j_server.user, neo4j_server.password)
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=auth, notifications_min_severity="OFF") as driver:
        yield driver


@pytest.fixture
def empty_graph(neo4j_driver: neo4j.Driver) -> neo4j.Driver:
    """The driver of a graph without nodes and relationships; constraints and indexes stay as they are."""
    with neo4j_driver.session() as session:
        session.run(DELETE_ALL).consume()
    return neo4j_driver
