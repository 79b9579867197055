"""One `headwater serve` with a Neo4j of its own, as a user starts it, for all producers of a test worker."""

from collections.abc import Iterator

import pytest

from tests.faults.served import Headwater, run
from tests.producers.recording import record
from tests.producers.watch import Watched, watched


@pytest.fixture(scope="package")
def headwater(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Headwater]:
    """A running server whose graph is up."""
    server = Headwater(tmp_path_factory.mktemp("headwater"), bolt_port=27687)
    try:
        server.start()
        ready = run("status", "--wait", url=server.url)
        assert ready.returncode == 0, ready.stderr
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="module")
def watch(headwater: Headwater, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A door before that server for the producer that the module is named after."""
    with watched(headwater) as watch:
        yield watch
    if request.config.getoption("--record-events"):
        record(request.module.__name__.rpartition("test_")[2], watch.events)
