"""Fixtures of the projector's tests that work on a log."""

from collections.abc import Iterator
from pathlib import Path

import neo4j
import pytest

from tests.projection.collected import Collected


@pytest.fixture
def collected(tmp_path: Path) -> Iterator[Collected]:
    found = Collected(tmp_path)
    yield found
    found.close()


@pytest.fixture
def graph(empty_graph: neo4j.Driver) -> Iterator[neo4j.Driver]:
    yield empty_graph
    empty_graph.execute_query("DROP CONSTRAINT only_one IF EXISTS")
