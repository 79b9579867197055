"""One running `headwater serve` for the tests of this folder, on the Neo4j of the test worker."""

from collections.abc import Iterator

import httpx
import neo4j
import pytest
from headwater_graph.local_neo4j import ConnectionInfo

from tests.conftest import DELETE_ALL
from tests.faults.served import Headwater
from tests.waiting import PATIENCE


@pytest.fixture(scope="package")
def headwater(neo4j_server: ConnectionInfo, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headwater]:
    """A server with an empty graph."""
    info = neo4j_server
    with neo4j.GraphDatabase.driver(info.uri, auth=(info.user, info.password)) as driver, driver.session() as session:
        session.run(DELETE_ALL).consume()
    login = {"neo4j_uri": info.uri, "neo4j_user": info.user, "neo4j_password": info.password}
    server = Headwater(tmp_path_factory.mktemp("compatibility"), **login)
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture(scope="package")
def http(headwater: Headwater) -> Iterator[httpx.Client]:
    """A client of that server."""
    with httpx.Client(base_url=headwater.url, timeout=PATIENCE, trust_env=False) as client:
        yield client
