import neo4j
from headwater_graph.local_neo4j import ConnectionInfo


def test_server_answers(neo4j_server: ConnectionInfo, empty_graph: neo4j.Driver) -> None:
    assert neo4j_server.uri == f"bolt://127.0.0.1:{neo4j_server.bolt_port}"
    empty_graph.execute_query("CREATE (:Thing)")
    assert empty_graph.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"] == 1


def test_empty_graph_is_empty(empty_graph: neo4j.Driver) -> None:
    assert empty_graph.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"] == 0
