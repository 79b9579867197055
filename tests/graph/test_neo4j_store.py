"""The store in Neo4j: who may write, how far the graph is, and that a change arrives as it was meant."""

from collections.abc import Callable, Iterable
from typing import Any

import neo4j
import pytest
from headwater_graph.change import Edge, GraphChange, Node
from headwater_graph.driver_errors import graph_errors
from headwater_graph.errors import GraphOutOfMemory, GraphRefused, GraphUnavailable, LeaseLost
from headwater_graph.keys import column_key, dataset_key, job_key, key
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.neo4j_store import Neo4jGraphStore
from headwater_graph.store import GraphTransaction, Position, TimelineSlice

from tests.projection.neo4j_graph import read_graph

LOG = "11111111-1111-4111-8111-111111111111"
FOREIGN = "22222222-2222-4222-8222-222222222222"
A, B = dataset_key("n", "a"), dataset_key("n", "b")
RUN, OTHER = key("run", "r1"), key("run", "r2")
TOUGH = [
    "ü 😀 \u202e\u0301",
    "'; MATCH (n) DETACH DELETE n //",
    '`a`"b"\\c\n\t$key {key}',
    "\x00",
    "%|%7C",
    "x" * 100_000,
]


@pytest.fixture
def store(empty_graph: neo4j.Driver) -> Neo4jGraphStore:
    found = Neo4jGraphStore(empty_graph)
    found.prepare()
    return found


@pytest.fixture
def claimed(store: Neo4jGraphStore) -> Neo4jGraphStore:
    store.claim(LOG, 100, 1, "me")
    return store


def write(store: Neo4jGraphStore, *parts: Node | Edge, **more: Any) -> None:
    nodes = {part.key: part for part in parts if isinstance(part, Node)}
    edges = {part.identity: part for part in parts if isinstance(part, Edge)}
    store.transact(lambda transaction: transaction.write(GraphChange(nodes, edges, **more)))


def labels(driver: neo4j.Driver, name: str) -> set[str]:
    query = "MATCH (n {key: $key}) RETURN labels(n) AS labels"
    return {*driver.execute_query(query, key=name).records[0]["labels"]}


def version(name: str, dataset: str = A, **properties: Any) -> tuple[Node, Edge]:
    found = key("version", *dataset.split("|")[1:], "v", name)
    return Node(found, {"datasetKey": dataset, "version": name, **properties}), Edge("VERSION_OF", found, dataset)


def test_a_new_graph_belongs_to_the_first_log(claimed: Neo4jGraphStore) -> None:
    assert claimed.position(LOG) == 0
    claimed.claim(LOG, 100, 1, "me")
    with pytest.raises(GraphRefused, match=f"built from event log {LOG}, but this data folder holds log {FOREIGN}: "):
        claimed.claim(FOREIGN, 100, 1, "me")


def test_a_log_shorter_than_the_graph_is_refused(claimed: Neo4jGraphStore) -> None:
    claimed.transact(lambda transaction: None, Position(LOG, 0, 7))
    claimed.claim(LOG, 7, 1, "me")
    with pytest.raises(GraphRefused, match=r"has taken in 7 entries of its event log, but the log .* ends at 6: "):
        claimed.claim(LOG, 6, 1, "me")


def test_another_version_of_the_projection_is_refused(claimed: Neo4jGraphStore) -> None:
    with pytest.raises(GraphRefused, match=r"by version 1 of the projection and this is version 2: .*headwater replay"):
        claimed.claim(LOG, 100, 2, "me")


def test_another_live_holder_is_refused_until_the_lease_is_given_back(
    claimed: Neo4jGraphStore, empty_graph: neo4j.Driver
) -> None:
    second = Neo4jGraphStore(empty_graph)
    with pytest.raises(GraphRefused, match=r"another Headwater writes this graph \(me, lease until 2.*Z\): stop it"):
        second.claim(LOG, 100, 1, "you")
    claimed.release()
    second.claim(LOG, 100, 1, "you")
    with pytest.raises(GraphRefused, match=r"\(you, lease until"):
        claimed.claim(LOG, 100, 1, "me")


def test_a_lease_that_ran_out_is_free(claimed: Neo4jGraphStore, empty_graph: neo4j.Driver) -> None:
    empty_graph.execute_query("MATCH (l:HeadwaterLease) SET l.expiresAt = datetime() - duration('PT1S')")
    second = Neo4jGraphStore(empty_graph)
    second.claim(LOG, 100, 1, "you")
    second.transact(lambda transaction: None)


def test_each_transaction_renews_the_lease(claimed: Neo4jGraphStore, empty_graph: neo4j.Driver) -> None:
    empty_graph.execute_query("MATCH (l:HeadwaterLease) SET l.expiresAt = datetime() + duration('PT1S')")
    claimed.transact(lambda transaction: None)
    query = "MATCH (l:HeadwaterLease) RETURN l.expiresAt > datetime() + duration('PT10S') AS renewed"
    assert empty_graph.execute_query(query).records[0]["renewed"] is True


def test_the_same_holder_takes_over_at_once_and_who_lost_the_lease_writes_nothing(
    claimed: Neo4jGraphStore, empty_graph: neo4j.Driver
) -> None:
    after_restart = Neo4jGraphStore(empty_graph)
    after_restart.claim(LOG, 100, 1, "me")
    work_done = []
    with pytest.raises(LeaseLost, match="another Headwater writes this graph now: stop one of the two"):
        claimed.transact(lambda transaction: work_done.append(transaction), Position(LOG, 0, 5))
    assert not work_done
    assert after_restart.position(LOG) == 0
    claimed.release()
    write(after_restart, Node(A, {"name": "a"}))
    assert set(read_graph(empty_graph).nodes) == {A}


def test_nothing_is_written_without_a_claim(store: Neo4jGraphStore, empty_graph: neo4j.Driver) -> None:
    with pytest.raises(LeaseLost):
        write(store, Node(A))
    assert not read_graph(empty_graph).nodes


def test_the_position_moves_with_the_change_or_not_at_all(claimed: Neo4jGraphStore, empty_graph: neo4j.Driver) -> None:
    def fail(transaction: GraphTransaction) -> None:
        transaction.write(GraphChange({A: Node(A)}, facts={A: "[]"}))
        raise ZeroDivisionError

    claimed.transact(lambda transaction: None, Position(LOG, 0, 1))
    with pytest.raises(ZeroDivisionError):
        claimed.transact(fail, Position(LOG, 0, 2))
    assert claimed.position(LOG) == 1
    assert not read_graph(empty_graph).nodes
    assert claimed.transact(lambda transaction: transaction.facts([A])) == {}


def test_positions_are_kept_for_each_partition(claimed: Neo4jGraphStore) -> None:
    claimed.transact(lambda transaction: None, Position(LOG, 0, 3))
    claimed.transact(lambda transaction: None, Position(LOG, 1, 9))
    assert (claimed.position(LOG), claimed.position(LOG, 1), claimed.position(LOG, 2)) == (3, 9, 0)


def test_what_a_change_says_is_there_and_what_it_takes_back_is_gone(
    claimed: Neo4jGraphStore, empty_graph: neo4j.Driver
) -> None:
    job = job_key("n", "j")
    alias = Edge("ALIAS_OF", A, B, {"saidBy": A}, id=A)
    write(claimed, Node(A, {"name": "a"}), Node(B), Node(job), alias, Edge("FEEDS", A, job, {"runs": 1}))
    write(claimed, Edge("FEEDS", A, job, {"runs": 2}), removed_edges={alias.identity}, removed_nodes={B})
    graph = read_graph(empty_graph)
    assert graph.edges == {("FEEDS", A, job, ""): {"runs": 2}}
    assert graph.nodes == {A: (frozenset({"Dataset"}), {"name": "a"}), job: (frozenset({"Job"}), {})}


def test_a_node_is_never_removed_with_an_edge_that_nobody_spoke_of(
    claimed: Neo4jGraphStore, empty_graph: neo4j.Driver
) -> None:
    write(claimed, Node(A), Node(B), Edge("ALIAS_OF", A, B, id=A))
    with pytest.raises(neo4j.exceptions.ClientError, match="still has relationships"):
        write(claimed, removed_nodes={B})
    assert set(read_graph(empty_graph).nodes) == {A, B}


@pytest.mark.parametrize("text", TOUGH, ids=["unicode", "injection", "quotes", "zero", "escapes", "long"])
def test_any_name_can_be_written_and_found_again(
    claimed: Neo4jGraphStore, empty_graph: neo4j.Driver, text: str
) -> None:
    dataset, job, column = dataset_key(text, text), job_key(text, text), column_key(text, text, text)
    nodes = [Node(name, {"namespace": text, "name": text}) for name in (dataset, job)]
    edges = [Edge("FEEDS", dataset, job, {"evidence": text}), Edge("DERIVES", column, column, {"job": text}, id=text)]
    facts = {dataset: text, job: text}
    for _ in range(2):
        write(claimed, *nodes, Node(column, {"field": text}), *edges, facts=facts)
    graph = read_graph(empty_graph)
    assert graph.nodes[dataset][1] == graph.nodes[job][1] == {"namespace": text, "name": text}
    assert graph.edges == {edge.identity: edge.properties for edge in edges}
    assert claimed.transact(lambda transaction: transaction.facts([job, dataset, A])) == facts
    write(claimed, removed_edges={edge.identity for edge in edges}, removed_nodes={dataset, job, column})
    assert not read_graph(empty_graph).nodes


def test_facts_beyond_one_statement_are_read_whole(claimed: Neo4jGraphStore) -> None:
    facts = {key("run", str(number)): str(number) for number in range(12_000)}
    write(claimed, facts=facts)
    assert claimed.transact(lambda transaction: transaction.facts(facts)) == facts


def test_extra_labels_are_exactly_those_of_the_last_writing(
    claimed: Neo4jGraphStore, empty_graph: neo4j.Driver
) -> None:
    for extra in [("Model",), ("Endpoint", "Predictions"), (), ("FeatureView",)]:
        write(claimed, Node(A, {}, extra), Node(B, {}, ("Model",)))
        assert labels(empty_graph, A) == {"Dataset", *extra}
        assert labels(empty_graph, B) == {"Dataset", "Model"}


def test_all_versions_of_a_dataset_are_relabelled_and_no_others(
    claimed: Neo4jGraphStore, empty_graph: neo4j.Driver
) -> None:
    mine, more, others = version("1"), version("2"), version("1", B)
    write(claimed, Node(A), Node(B), *mine, *more, *others)
    for extra in [("ModelVersion",), ()]:
        write(claimed, relabelled={A: extra})
        assert labels(empty_graph, mine[0].key) == labels(empty_graph, more[0].key) == {"DatasetVersion", *extra}
        assert labels(empty_graph, others[0].key) == {"DatasetVersion"}


def test_a_shared_node_goes_with_the_last_edge_to_it(claimed: Neo4jGraphStore, empty_graph: neo4j.Driver) -> None:
    code = key("code", "c")
    edges = [Edge("USED_CODE", run, code) for run in (RUN, OTHER)]
    write(claimed, Node(RUN), Node(OTHER), Node(code), *edges)
    for edge, left in zip(edges, [{RUN, OTHER, code}, {RUN, OTHER}], strict=True):
        write(claimed, removed_edges={edge.identity}, orphans={code})
        assert set(read_graph(empty_graph).nodes) == left


def test_an_orphan_that_the_same_change_refers_to_again_stays(
    claimed: Neo4jGraphStore, empty_graph: neo4j.Driver
) -> None:
    code = key("code", "c")
    edges = [Edge("USED_CODE", run, code) for run in (RUN, OTHER)]
    write(claimed, Node(RUN), Node(OTHER), Node(code), edges[0])
    write(claimed, edges[1], removed_edges={edges[0].identity}, orphans={code})
    assert set(read_graph(empty_graph).edges) == {edges[1].identity}


def test_the_runs_of_a_job_and_of_a_dataset_are_found(claimed: Neo4jGraphStore) -> None:
    job, step = job_key("n", "j"), key("runstep", OTHER, "d")
    one, two = version("1"), version("2")
    nodes = [Node(A), Node(B), Node(job), Node(RUN), Node(OTHER), Node(step)]
    flow = [Edge("WROTE", RUN, one[0].key), Edge("READ_BY", two[0].key, step), Edge("HAS_STEP", OTHER, step)]
    runs = [Edge("RUN_OF", RUN, job), Edge("RUN_OF", OTHER, job)]
    write(claimed, *nodes, *one, *two, *version("9", B), *flow, *runs)

    def found(ask: Callable[[GraphTransaction], Iterable[str]]) -> set[str]:
        return {*claimed.transact(ask)}

    assert found(lambda t: t.runs_of(job)) == found(lambda t: t.runs_touching([A])) == {RUN, OTHER}
    assert found(lambda t: t.runs_touching([B])) == found(lambda t: t.runs_of(A)) == set()


def test_the_slice_of_a_timeline_holds_writes_since_and_the_newest_before(claimed: Neo4jGraphStore) -> None:
    def at(minute: int) -> str:
        return f"2026-01-01T00:{minute:02}:00.000000000Z"

    rows = [version(str(m), writtenAt=at(m), failed=False) for m in (1, 2, 4)] + [
        version("3", writtenAt=at(3), failed=True)
    ]
    read = Edge("READ_BY", rows[1][0].key, RUN, {"inferred": True})
    parts: list[Node | Edge] = [part for pair in rows for part in pair]
    write(claimed, Node(A), Node(RUN, {"at": at(5)}), *parts, read)
    names = {pair[0].properties["version"]: pair[0].key for pair in rows}
    wanted = TimelineSlice({names["2"]: at(2), names["4"]: at(4)}, [RUN])
    assert claimed.transact(lambda transaction: transaction.timeline([A], at(3))) == wanted


def test_the_slice_of_a_timeline_holds_runs_that_began_before_if_several_jobs_share_them(
    claimed: Neo4jGraphStore,
) -> None:
    since = "2026-01-01T00:03:00.000000000Z"
    begun = {"at": "2026-01-01T00:01:00.000000000Z", "lastEventAt": "2026-01-01T00:05:00.000000000Z"}
    written = version("3", writtenAt=since, failed=False)
    read = [Edge("READ_BY", written[0].key, run, {"inferred": False}) for run in (RUN, OTHER)]
    jobs = [job_key("n", name) for name in ("one", "two")]
    of = [Edge("RUN_OF", RUN, jobs[0]), Edge("RUN_OF", OTHER, jobs[0]), Edge("RUN_OF", RUN, jobs[1])]
    write(claimed, Node(A), Node(RUN, begun), Node(OTHER, begun), *map(Node, jobs), *written, *read, *of)
    wanted = TimelineSlice({written[0].key: since}, [RUN])
    assert claimed.transact(lambda transaction: transaction.timeline([A], since)) == wanted


def test_a_wrong_password_is_one_sentence(neo4j_server: ConnectionInfo) -> None:
    with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=("neo4j", "not the password")) as driver:
        store = Neo4jGraphStore(driver)
        with pytest.raises(GraphRefused, match=r"^Neo4j refuses the user or password: "):
            store.prepare()


def test_a_user_who_must_change_the_password_is_told_so(
    neo4j_server: ConnectionInfo, neo4j_driver: neo4j.Driver
) -> None:
    neo4j_driver.execute_query("CREATE USER newcomer SET PASSWORD 'password of the first day' CHANGE REQUIRED")
    try:
        auth = ("newcomer", "password of the first day")
        with neo4j.GraphDatabase.driver(neo4j_server.uri, auth=auth) as driver:
            store = Neo4jGraphStore(driver)
            with pytest.raises(GraphRefused, match=r"^Neo4j does not let this user do it: "):
                store.prepare()
    finally:
        neo4j_driver.execute_query("DROP USER newcomer")


def test_a_transaction_that_was_ended_from_outside_may_be_tried_again(
    claimed: Neo4jGraphStore, empty_graph: neo4j.Driver
) -> None:
    def end_and_go_on(transaction: GraphTransaction) -> None:
        names = "SHOW TRANSACTIONS YIELD transactionId, currentQuery WHERE NOT currentQuery CONTAINS 'SHOW'"
        found = empty_graph.execute_query(f"{names} RETURN collect(transactionId) AS names").records[0]["names"]
        empty_graph.execute_query("TERMINATE TRANSACTIONS $names", names=found)
        transaction.facts([A])

    with pytest.raises(GraphUnavailable, match=r"^Neo4j ended the transaction: "):
        claimed.transact(end_and_go_on, Position(LOG, 0, 5))
    assert claimed.position(LOG) == 0


def test_what_takes_too_much_memory_names_the_settings(neo4j_driver: neo4j.Driver) -> None:
    with neo4j_driver.session() as session, pytest.raises(GraphOutOfMemory) as raised, graph_errors():
        session.run("UNWIND range(1, 100000000) AS x WITH collect(toString(x)) AS xs RETURN size(xs)").consume()
    said = str(raised.value)
    assert said.startswith("Neo4j has too little memory for this transaction. Start it with more: ")
    for setting in ("HEADWATER_NEO4J_HEAP_MB", "server.memory.heap.max_size", "dbms.memory.transaction.total.max"):
        assert setting in said
    assert "would use more than the limit" in said


def test_a_database_that_is_not_there_is_named(neo4j_driver: neo4j.Driver) -> None:
    with pytest.raises(GraphRefused, match=r"nowhere.*HEADWATER_NEO4J_DATABASE"):
        Neo4jGraphStore(neo4j_driver, "nowhere").prepare()


def test_a_server_that_is_away_may_be_tried_again(closed_port: int) -> None:
    uri = f"bolt://127.0.0.1:{closed_port}"
    with neo4j.GraphDatabase.driver(uri, auth=("neo4j", "x"), max_transaction_retry_time=0) as driver:
        store = Neo4jGraphStore(driver)
        for use in (store.prepare, lambda: store.claim(LOG, 0, 1, "me"), lambda: store.transact(lambda t: None)):
            with pytest.raises(GraphUnavailable, match=r"^Neo4j does not answer: "):
                use()
