"""Analysts' Cypher: what reads runs, what writes or leaves the graph is refused, whatever it looks like."""

import neo4j
import pytest
from headwater_graph import cypher_words
from headwater_graph.cypher_guard import Guard
from headwater_graph.digest import graph_digest
from headwater_graph.errors import QueryFailed, QueryRefused, QueryTimeout
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.graph.drawing import Drawing, migrate


@pytest.fixture
def driver(neo4j_driver: neo4j.Driver) -> neo4j.Driver:
    migrate(neo4j_driver)
    drawing = Drawing()
    drawing.simple("raw", "load", "clean")
    drawing.simple("clean", "train", "model")
    drawing.keep(neo4j_driver)
    return neo4j_driver


READS = [
    "MATCH (n:Dataset) RETURN n.name ORDER BY n.name",
    "MATCH (n) RETURN count(n)",
    "MATCH p = (:Dataset {name: 'raw'})-[:FEEDS|PRODUCES*1..4]->(d:Dataset) RETURN d.name, min(length(p))",
    "MATCH p = shortestPath((a:Dataset {name: 'raw'})-[:FEEDS|PRODUCES*..9]->(b:Dataset {name: 'model'})) RETURN p",
    "MATCH p = SHORTEST 1 (a:Dataset {name: 'raw'})-[:FEEDS|PRODUCES]->{1,9}(b:Dataset {name: 'model'}) RETURN p",
    "MATCH (a:Dataset {name: 'raw'}) (()-[:FEEDS]->()-[:PRODUCES]->()){1,2} (b) RETURN b.name",
    "UNWIND range(1, 3) AS create RETURN create, toUpper('set') AS `delete`",
    "MATCH (n:Job) CALL (n) { MATCH (n)-[:PRODUCES]->(d) RETURN d.name AS made } RETURN n.name, made",
    "MATCH (n:Dataset) WHERE EXISTS { (n)-[:FEEDS]->(:Job) } RETURN COUNT { (n)--() } AS c, [(n)-->(m) | m.key] AS k",
    "MATCH (n:Dataset) OPTIONAL MATCH (n)-[r:FEEDS {evidence: 'ALL_INPUTS'}]->() RETURN n, r, properties(r)",
    "RETURN datetime('2026-01-01') AS t, duration('P1D') AS d, point({x: 1, y: 2}) AS p, date.truncate('year') AS y",
    "RETURN reduce(sum = 0, x IN [1, 2] | sum + x) AS s, any(x IN [1] WHERE x = 1) AS a, CASE WHEN (true) THEN 1 END",
    "CALL db.labels() YIELD label RETURN label",
    "CALL db.index.fulltext.queryNodes('headwaterNames', 'raw') YIELD node, score RETURN node.name, score > 0",
    "RETURN 'LOAD CSV; SHOW USERS; allShortestPaths(' AS text // CALL apoc.nothing()",
    "MATCH (use) WHERE use.load IS NULL RETURN use.show AS show LIMIT 1",
    "MATCH (n:Dataset) RETURN n.name AS name UNION MATCH (n:Job) RETURN n.name AS name",
    "MATCH (n:Dataset) WITH n ORDER BY n.name SKIP 1 LIMIT 1 RETURN n.name",
    "EXPLAIN MATCH (n) RETURN n",
    "CYPHER 5 MATCH (n:Job) RETURN collect(n.name)",
]


@pytest.mark.parametrize("text", READS)
def test_what_reads_runs(driver: neo4j.Driver, text: str) -> None:
    assert Guard(driver).run(text).rows


REFUSED = [
    ("CREATE (n:Dataset {key: 'x'})", "Create"),
    ("MATCH (n) SET n.name = 'x'", "SetProperty"),
    ("MATCH (n) SET n:Other", "SetLabels"),
    ("MATCH (n) REMOVE n.name", "operator"),
    ("MATCH (n) DETACH DELETE n", "Delete"),
    ("MERGE (n:Dataset {key: 'x'}) RETURN n", "Merge"),
    ("FOREACH (x IN [1] | CREATE (:Other))", "Foreach"),
    ("CALL { CREATE (n:Other) RETURN n } RETURN n", "Create"),
    ("MATCH (n) CALL (n) { SET n.x = 1 } IN TRANSACTIONS", "operator"),
    ("/* EXPLAIN */ CREATE (n:Other)", "Create"),
    ("EXPLAIN CREATE (n:Other)", "Create"),
    ("PROFILE MATCH (n) RETURN n", "EXPLAIN shows"),
    ("CREATE INDEX other FOR (n:Dataset) ON (n.name)", "CreateIndex"),
    ("DROP CONSTRAINT key_Dataset", "DropConstraint"),
    ("CREATE USER eve SET PASSWORD 'password'", "operator"),
    ("ALTER CURRENT USER SET PASSWORD FROM 'a' TO 'b'", "server"),
    ("SHOW USERS", "SHOW"),
    ("show databases", "SHOW"),
    ("TERMINATE TRANSACTIONS 'neo4j-transaction-1'", "TERMINATE"),
    ("USE system SHOW USERS", "USE"),
    ("CALL { USE neo4j RETURN 1 AS one } RETURN one", "USE"),
    ("LOAD CSV FROM 'file:///etc/passwd' AS line RETURN line", "LOAD CSV"),
    ("LOAD /**/ CSV FROM 'http://127.0.0.1/' AS line RETURN line", "LOAD CSV"),
    ("MATCH p = allShortestPaths((a)-[*]->(b)) RETURN p", "allShortestPaths"),
    ("MATCH p = ALLSHORTESTPATHS ((a)-[*]->(b)) RETURN p", "allShortestPaths"),
    ("MATCH p = `allShortestPaths`((a)-[*]->(b)) RETURN p", "not on the list|allShortestPaths"),
    ("CALL dbms.listConfig() YIELD name RETURN name", "dbms.listConfig"),
    ("CALL dbms.killQueries([])", "function|procedure|no procedure"),
    ("CALL db.createLabel('Other')", "db.createLabel"),
    ("CALL `db`.`createLabel`('Other')", "db.createLabel"),
    ("RETURN apoc.util.sleep(1)", "apoc.util.sleep"),
    ("RETURN apoc . util /**/ . sleep (1)", "apoc.util.sleep"),
    ("RETURN `apoc`.`util`.`sleep`(1)", "apoc.util.sleep"),
    ("RETURN \\u0061poc.util.sleep(1)", "escapes"),
    ("RETURN 'a\\u0027 + x' // '", "escapes"),
    ("", "empty"),
    ("// nothing", "empty"),
]


@pytest.mark.parametrize(("text", "why"), REFUSED)
def test_what_does_not_only_read_is_refused_with_the_reason(driver: neo4j.Driver, text: str, why: str) -> None:
    before = graph_digest(driver)
    with pytest.raises(QueryRefused, match=why):
        Guard(driver).run(text)
    assert graph_digest(driver) == before


def test_a_mistake_is_told_where_it_is(driver: neo4j.Driver) -> None:
    with pytest.raises(QueryFailed, match=r"line 1, column 15"):
        Guard(driver).run("MATCH (n:Job) RETRUN n")
    with pytest.raises(QueryFailed, match="wanted"):
        Guard(driver).run("RETURN $wanted")
    with pytest.raises(QueryFailed, match="one statement"):
        Guard(driver).run("RETURN 1; RETURN 2")


@pytest.mark.parametrize("value", [2**80, -(2**80), object()])
def test_a_parameter_that_the_database_cannot_hold_is_told(driver: neo4j.Driver, value: object) -> None:
    with pytest.raises(QueryFailed, match="parameter"):
        Guard(driver).run("RETURN $x", {"x": value})


def test_rows_beyond_the_limit_are_cut_and_that_is_told(driver: neo4j.Driver) -> None:
    guard = Guard(driver, row_limit=10)
    assert not guard.run("UNWIND range(1, 10) AS x RETURN x").truncated
    table = guard.run("UNWIND range(1, 100000000) AS x RETURN x")
    assert (table.columns, len(table.rows), table.truncated) == (["x"], 10, True)
    assert len(guard.run("UNWIND range(1, 50) AS x RETURN x", row_limit=3).rows) == 3
    assert len(guard.run("UNWIND range(1, 50) AS x RETURN x", row_limit=30).rows) == 10


def test_a_query_that_takes_too_long_is_ended(driver: neo4j.Driver) -> None:
    with pytest.raises(QueryTimeout, match=r"0\.2 s"):
        Guard(driver, timeout=0.2).run("UNWIND range(1, 100000) AS x UNWIND range(1, 100000) AS y RETURN count(*)")


def test_values_become_plain(driver: neo4j.Driver) -> None:
    row = (
        Guard(driver)
        .run(
            "MATCH (d:Dataset {name: 'raw'})-[r:FEEDS]->(j) "
            "RETURN d, r, j, datetime('2026-01-01T00:00:00.123456789Z'), [1, {a: date('2026-01-02')}], duration('P1D')"
        )
        .rows[0]
    )
    assert row[0]["labels"] == ["Dataset"]
    assert row[0]["properties"]["name"] == "raw"
    assert (row[1]["type"], row[1]["from"], row[1]["to"]) == ("FEEDS", "dataset|lake|raw", "job|airflow|load")
    assert row[3].startswith("2026-01-01T00:00:00.123456789")
    assert row[4:] == [[1, {"a": "2026-01-02"}], "P1D"]


def test_parameters_are_values(driver: neo4j.Driver) -> None:
    assert Guard(driver).run("RETURN $text AS text", {"text": "'}) DETACH DELETE n //"}).rows == [
        ["'}) DETACH DELETE n //"]
    ]


_CLAUSES = st.sampled_from(
    [
        "CREATE (x:Other {a: 1})",
        "MERGE (x:Other {a: 1})",
        "SET n.name = 'changed'",
        "SET n:Other",
        "SET n += {a: 1}",
        "REMOVE n.name",
        "REMOVE n:Dataset",
        "DETACH DELETE n",
        "FOREACH (x IN [1, 2] | CREATE (:Other))",
        "CALL (n) { SET n.a = 1 }",
        "CALL { CREATE (x:Other) }",
        "CALL (n) { DETACH DELETE n } IN TRANSACTIONS OF 1 ROWS",
        "CALL db.createLabel('Other')",
        "CREATE (n)-[:FEEDS]->(n)",
    ]
)
_BEFORE = st.sampled_from(
    [
        "MATCH (n)",
        "MATCH (n:Dataset) WITH n LIMIT 1",
        "EXPLAIN MATCH (n)",
        "CYPHER 5 MATCH (n)",
        "UNWIND [1] AS one MATCH (n)",
        "OPTIONAL MATCH (n:Job)",
        "/* x */ MATCH (n) // y\n",
    ]
)
_AFTER = st.sampled_from(["", "RETURN n", "WITH * RETURN count(*)", "FINISH", "RETURN 1 AS x UNION RETURN 2 AS x", ";"])


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    before=_BEFORE,
    clauses=st.lists(_CLAUSES, min_size=1, max_size=3),
    after=_AFTER,
    gap=st.sampled_from([" ", "\n", "/**/"]),
)
def test_no_statement_that_writes_changes_the_graph(
    driver: neo4j.Driver, before: str, clauses: list[str], after: str, gap: str
) -> None:
    digest = graph_digest(driver)
    with pytest.raises((QueryRefused, QueryFailed)):
        Guard(driver).run(gap.join([before, *clauses, after]))
    assert graph_digest(driver) == digest


@given(st.text(max_size=60))
def test_any_text_has_words(text: str) -> None:
    list(cypher_words.tokens(text))


@given(st.text(alphabet="'\"`/*\\\n aE(.", max_size=40))
def test_quotes_and_comments_in_any_order_have_words(text: str) -> None:
    list(cypher_words.tokens(text))
