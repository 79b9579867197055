"""Sources of the corpus into a real Neo4j: what is read back is what the model expects."""

from collections.abc import Iterator

import pytest
from headwater_graph.local_neo4j import ConnectionInfo

from tests.corpus.corpus import sources
from tests.corpus.test_corpus import absent, load, model
from tests.projection.neo4j_graph import Neo4jUnderTest, claimed
from tests.reference.graph import differences

CHOSEN = [
    "gen-airflow-3.1.3",
    "gen-spark-1.53.0",
    "marquez-api-tests",
    "mongodb-benchmark-synthetic",
    "ol-docs-examples",
]
"""Real Airflow and Spark, symlinks and versions, the largest facets, and every oddity in the documentation."""


@pytest.fixture(scope="module")
def neo4j_graph(neo4j_server: ConnectionInfo) -> Iterator[Neo4jUnderTest]:
    with claimed(neo4j_server) as graph:
        yield graph


@pytest.mark.parametrize("source", CHOSEN if sources() else [pytest.param("none", marks=absent)])
def test_neo4j_holds_what_the_model_expects(neo4j_graph: Neo4jUnderTest, source: str) -> None:
    events = load(source).events
    neo4j_graph.become([events[start : start + 10] for start in range(0, len(events), 10)])
    assert differences(model(source), neo4j_graph.graph()) == []
    digest = neo4j_graph.digest()
    neo4j_graph.become([events[::-1], events])
    assert neo4j_graph.digest() == digest
