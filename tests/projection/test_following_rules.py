"""The projector follows alias rules: a real log, index and Neo4j, and replay to the same digest."""

from typing import Any

import neo4j
import pytest
from headwater_collector.aliases.rule import AliasRule, alias_rule
from headwater_collector.errors import NotFound
from headwater_collector.log.decisions import Decisions
from headwater_collector.projection import relinking
from headwater_collector.replay_build import InUse
from headwater_graph.digest import graph_digest
from headwater_graph.local_neo4j import ConnectionInfo

from tests.projection.collected import Collected, drained, run_event
from tests.projection.neo4j_graph import read_graph
from tests.projection.test_following import replayed

FOLDER = alias_rule(name=r"warehouse/(?P<db>\w+)/(?P<table>\w+)", to_name="{db}.{table}")
LETTERS = alias_rule(name="(?P<letter>[a-c])1", to_name="{letter}")


def event(number: int, reads: str, writes: str) -> dict[str, Any]:
    found = run_event(number, "COMPLETE")
    found["inputs"] = [{"namespace": "n", "name": reads}]
    found["outputs"] = [{"namespace": "n", "name": writes}]
    return found


def aliases(driver: neo4j.Driver) -> set[tuple[str, str, str]]:
    edges = read_graph(driver).edges.items()
    return {(s.split("|")[2], t.split("|")[2], p["saidBy"]) for (type_, s, t, _), p in edges if type_ == "ALIAS_OF"}


def both(one: str, other: str, rule: AliasRule) -> set[tuple[str, str, str]]:
    return {(one, other, rule.id), (other, one, rule.id)}


def reads(driver: neo4j.Driver) -> dict[str, str]:
    """Return the dataset whose version each reading run was bound to, by job."""
    found = driver.execute_query(
        "MATCH (d:Dataset)<-[:VERSION_OF]-(v:DatasetVersion)-[:READ_BY]->(:Run)-[:RUN_OF]->(j:Job) "
        "RETURN j.name AS job, d.name + ' ' + v.source AS read"
    )
    return {record["job"]: record["read"] for record in found.records}


def test_a_rule_joins_what_was_and_what_comes_and_its_removal_parts_it(
    collected: Collected, empty_graph: neo4j.Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relinking.relink_all, "__defaults__", (2,))  # several pages
    collected.add(event(1, "raw", "warehouse/sales/orders"), event(2, "sales.orders", "report"))
    worker, decisions = collected.worker(empty_graph), Decisions(collected.log)
    worker.claim()
    drained(worker)
    before = graph_digest(empty_graph)
    assert reads(empty_graph)["job2"] == "sales.orders UNKNOWN"
    assert decisions.add_rule(FOLDER, "ann", "hive tables").offset == 3
    drained(worker)
    assert aliases(empty_graph) == both("warehouse/sales/orders", "sales.orders", FOLDER)
    assert reads(empty_graph)["job2"] == "warehouse/sales/orders RUN"
    assert decisions.remove_rule(FOLDER.id, "ann").offset == 4
    drained(worker)
    assert graph_digest(empty_graph) == before
    decisions.add_rule(FOLDER, "ann")
    collected.add(event(3, "x", "warehouse/web/hits"))
    drained(worker)
    assert ("web.hits", "warehouse/web/hits", FOLDER.id) in aliases(empty_graph)
    decisions.exclude([collected.index.list_events()[0].id], "ann")
    drained(worker)
    assert {name for name, _, _ in aliases(empty_graph)} == {"warehouse/sales/orders", "sales.orders"}
    assert "web.hits" not in {p["name"] for p in read_graph(empty_graph).of_label("Dataset").values()}
    worker.stop()


def test_replay_gives_the_same_digest(
    collected: Collected, empty_graph: neo4j.Driver, neo4j_server: ConnectionInfo
) -> None:
    worker, decisions = collected.worker(empty_graph), Decisions(collected.log)
    worker.claim()
    collected.add(event(1, "a1", "b1"), event(2, "b", "c1"))
    decisions.add_rule(LETTERS, "ann")
    collected.add(event(3, "c", "warehouse/sales/orders"), event(4, "a", "b"))
    drained(worker)
    decisions.add_rule(FOLDER, "ann")
    collected.add(event(5, "sales.orders", "a1"))
    decisions.remove_rule(LETTERS.id, "ann")
    drained(worker)
    used = InUse(graph_digest(empty_graph), worker.position)
    decisions.add_rule(LETTERS, "ann")
    worker.stop()
    found = replayed(collected, empty_graph, neo4j_server, used)
    assert found.equal
    assert found.digest != found.compared
    assert replayed(collected, empty_graph, neo4j_server, InUse(None)).digest == found.digest
    assert len(aliases(empty_graph)) == 8


def test_decisions_about_rules(collected: Collected) -> None:
    decisions = Decisions(collected.log)
    assert decisions.rules() == {}
    assert decisions.add_rule(FOLDER, "ann", "why").decided == (FOLDER.id,)
    assert decisions.add_rule(FOLDER, "ann").unchanged == (FOLDER.id,)
    assert [(d.subject, d.by, d.reason) for d in decisions.rules().values()] == [(FOLDER.id, "ann", "why")]
    with pytest.raises(NotFound, match="no alias rule 'rule-x'"):
        decisions.remove_rule("rule-x", "ann")
    decisions.remove_rule(FOLDER.id, "ann")
    with pytest.raises(NotFound):
        decisions.remove_rule(FOLDER.id, "ann")
    assert collected.log.end() == 2
