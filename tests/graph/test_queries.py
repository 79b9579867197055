"""The read statements: how they plan, that they stay linear, and what goes wrong."""

import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import neo4j
import pytest
from headwater_graph.cypher_guard import operators
from headwater_graph.errors import GraphError, GraphRefused, GraphUnavailable, QueryTimeout
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.queries import BEGINNING, OPEN_END, Queries, ending, like, near, phrase
from headwater_graph.statements import statement

from tests.graph.drawing import ladder, migrate, run_ladder

NAMES = sorted(
    found.name.removesuffix(".cypher")
    for found in files("headwater_graph").joinpath("statements", "read").iterdir()
    if found.name.endswith(".cypher")
)
ALWAYS: dict[str, Any] = {"endsAfter": BEGINNING, "seenBy": OPEN_END}
SAMPLE: dict[str, Any] = {
    "limit": 1,
    "cap": 1,
    "spans": [],
    "versions": [],
    "asked": [],
    "datasets": [],
    "keys": [],
    "states": [],
    "query": "name:x",
    "before": "2026-01-01",
}


@pytest.fixture
def driver(empty_graph: neo4j.Driver) -> neo4j.Driver:
    migrate(empty_graph)
    return empty_graph


def _plan(driver: neo4j.Driver, name: str) -> list[tuple[str, str]]:
    text = statement(f"read/{name}")
    values = {found: SAMPLE.get(found, "x") for found in re.findall(r"\$(\w+)", text)}
    with driver.session(default_access_mode=neo4j.READ_ACCESS) as session:
        plan = session.run(f"EXPLAIN {text}", values).consume().plan
    assert plan is not None
    return list(_steps(plan))


def _steps(plan: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield plan["operatorType"].partition("@")[0], str(plan["args"].get("Details", ""))
    for child in plan.get("children") or []:
        yield from _steps(child)


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_plans_without_what_explodes(neo4j_driver: neo4j.Driver, name: str) -> None:
    migrate(neo4j_driver)
    for operator, details in _plan(neo4j_driver, name):
        assert not operator.endswith("Scan"), f"{operator} {details}"
        assert not operator.startswith(("Repeat", "StatefulShortestPath", "ShortestPath")), f"{operator} {details}"
        if "VarLengthExpand" in operator:
            assert "Pruning" in operator, f"{operator} {details}"
            assert "BFS" in operator, f"{operator} {details}"


@pytest.mark.parametrize("name", NAMES)
def test_a_statement_begins_with_its_parameters_and_columns(name: str) -> None:
    text = statement(f"read/{name}")
    header = "\n".join(line for line in text.splitlines() if line.startswith("//"))
    code = text.removeprefix(header)
    said = header.partition("// columns:")[0]
    assert "// columns: " in header
    for parameter in set(re.findall(r"\$(\w+)", code)):
        assert re.search(rf"\b{parameter}\b", said), f"${parameter} is not in the header"


def test_the_operators_that_explode_are_seen(driver: neo4j.Driver) -> None:
    text = "EXPLAIN MATCH p = (a:Dataset {key: 'x'})<-[:FEEDS*1..9]-(b) RETURN p"
    with driver.session() as session:
        plan = session.run(text).consume().plan
    assert plan is not None
    assert ("VarLengthExpand(All)") in [operator for operator, _ in _steps(plan)]
    assert "VarLengthExpand" in [operator for operator, _ in operators(plan)]


@pytest.mark.parametrize("direction", ["upstream", "downstream"])
def test_the_design_ladder_is_linear(driver: neo4j.Driver, direction: str) -> None:
    drawing, first, last = ladder(30)
    drawing.save(driver)
    start = last if direction == "upstream" else first
    found = Queries(driver, timeout=120).read(f"design_{direction}", keys=[start], cap=10_000, **ALWAYS)
    assert (len(found["datasets"]), len(found["jobs"]), len(found["edges"])) == (31, 90, 180)


@pytest.mark.parametrize("direction", ["upstream", "downstream"])
def test_the_run_ladder_is_linear(driver: neo4j.Driver, direction: str) -> None:
    drawing, first, last = run_ladder(30)
    drawing.save(driver)
    start = last if direction == "upstream" else first
    found = Queries(driver, timeout=120).read(f"run_{direction}", keys=[start], cap=10_000)
    assert (len(found["versions"]), len(found["runs"]), len(found["edges"])) == (31, 90, 180)


def test_the_bound_in_relationships_holds(driver: neo4j.Driver) -> None:
    drawing, _, last = ladder(30)
    drawing.save(driver)
    found = Queries(driver).read("design_upstream", hops=4, keys=[last], cap=10_000, **ALWAYS)
    assert len(found["datasets"]) == 3


def test_an_unknown_key_finds_nothing(driver: neo4j.Driver) -> None:
    found = Queries(driver).read("design_upstream", keys=["dataset|no|such"], cap=10, **ALWAYS)
    assert found == {"datasets": [], "jobs": [], "steps": [], "edges": []}


def test_a_query_that_takes_too_long_is_ended(driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    endless = "UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*) AS n"
    monkeypatch.setattr("headwater_graph.queries.statement", lambda _: endless)
    with pytest.raises(QueryTimeout, match="too long"):
        Queries(driver, timeout=0.2).read("anything")


def test_a_server_that_is_away_is_told() -> None:
    with (
        neo4j.GraphDatabase.driver("bolt://127.0.0.1:1") as driver,
        pytest.raises(GraphUnavailable, match="does not answer"),
    ):
        Queries(driver).read("by_keys", keys=[])


def test_a_wrong_password_is_told(neo4j_server: ConnectionInfo) -> None:
    with (
        neo4j.GraphDatabase.driver(neo4j_server.uri, auth=(neo4j_server.user, "wrong password")) as driver,
        pytest.raises(GraphRefused, match="password"),
    ):
        Queries(driver).read("by_keys", keys=[])


def test_a_database_that_is_not_there_is_told(driver: neo4j.Driver) -> None:
    with pytest.raises(GraphRefused, match="HEADWATER_NEO4J_DATABASE"):
        Queries(driver, "nowhere").read("by_keys", keys=[])


def test_the_session_cannot_write(driver: neo4j.Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("headwater_graph.queries.statement", lambda _: "CREATE (n:Dataset {key: 'x'}) RETURN n.key")
    with pytest.raises(GraphError, match=r"(?i)access"):
        Queries(driver).read("anything")


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', "\\", "a\\", 'x"y', "AND", "NOT", "a AND", "*", "?", "~", "[a TO", "(", "🌊", "É", "a:b", "x" * 400],
)
def test_full_text_queries_of_any_text_are_well_formed(driver: neo4j.Driver, text: str) -> None:
    queries = Queries(driver)
    for query in (phrase(text), ending(text), like(text), near(text)):
        if query is not None:
            queries.read("search", query=query, limit=1)
