"""Fixtures of tests that ask about lineage."""

from typing import Any

import neo4j
import orjson
import pytest
from headwater_collector.answers.lineage import lineage
from headwater_collector.answers.question import Direction, Question
from headwater_graph.queries import Queries

from tests.collector.answers.answering import Answer, Ask
from tests.graph.drawing import migrate


@pytest.fixture
def driver(empty_graph: neo4j.Driver) -> neo4j.Driver:
    migrate(empty_graph)
    return empty_graph


@pytest.fixture
def ask(driver: neo4j.Driver) -> Ask:
    def answer(direction: Direction, of: str, **options: Any) -> Answer:
        found = lineage(Queries(driver), Question(direction, of, **options), lambda: (7, 2))
        orjson.dumps(found)
        return found

    return answer
