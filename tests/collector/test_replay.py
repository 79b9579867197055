"""Building the graph anew: into a given database, compared on the way, and the swap of store folders."""

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import neo4j
import pytest
from click.testing import CliRunner
from headwater_collector import replay
from headwater_collector.cli.main import headwater
from headwater_collector.data_folder import DataFolder
from headwater_collector.errors import SetupError
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.eventlog import Draft
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.projection.projector import PROJECTION_VERSION
from headwater_collector.replay_build import Build, InUse, ReplayOutcomes, Reports
from headwater_collector.settings import Settings, load_settings
from headwater_collector.store_swap import being_built, kept_before, recover_swap, swap_in
from headwater_graph.digest import graph_digest
from headwater_graph.errors import GraphRefused
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.open_graph import OpenGraph

from tests.benchmarks.workload import pipelines, round_of

BODIES = list(round_of(pipelines(4, 2), "replay", 0))


@pytest.fixture
def settings(tmp_path: Path, neo4j_server: ConnectionInfo, empty_graph: neo4j.Driver) -> Settings:
    return load_settings(
        data_dir=tmp_path / "data",
        neo4j_uri=neo4j_server.uri,
        neo4j_user=neo4j_server.user,
        neo4j_password=neo4j_server.password,
        batch_size=3,
    )


@pytest.fixture
def log(settings: Settings) -> Iterator[SqliteEventLog]:
    with closing(SqliteEventLog(DataFolder(settings.data_dir).log)) as opened:
        opened.append([Draft(f"event {number}", body) for number, body in enumerate(BODIES)])
        yield opened


@pytest.fixture
def index(log: SqliteEventLog) -> Iterator[EventIndex]:
    with closing(EventIndex(log, log.path.with_name("index.db"))) as opened:
        yield opened


@pytest.fixture
def graph(neo4j_server: ConnectionInfo, empty_graph: neo4j.Driver) -> OpenGraph:
    return OpenGraph(empty_graph, None, neo4j_server.uri)


def build(log: SqliteEventLog, index: EventIndex) -> Build:
    return Build(log, ReplayOutcomes(index, at_once=False), Reports(), holder="test", batch_size=3)


def test_into_an_empty_database_and_again(settings: Settings, log: SqliteEventLog, graph: OpenGraph) -> None:
    progress: list[tuple[int, int]] = []
    reports = Reports(projected=lambda done, all_: progress.append((done, all_)))
    found = replay.replay_given(settings, reports, overwrite=False)
    assert found.digest == graph.digest()
    assert found.digest.nodes > len(BODIES)
    assert graph.standing().position == len(BODIES) == found.entries
    assert progress == [(3, 8), (6, 8), (8, 8)]
    with pytest.raises(GraphRefused, match=r"holds the graph of this log already, up to entry 8: add --overwrite"):
        replay.replay_given(settings, Reports(), overwrite=False)
    assert replay.replay_given(settings, Reports(), overwrite=True).digest == found.digest


def test_what_is_not_ours_stays(settings: Settings, log: SqliteEventLog, graph: OpenGraph) -> None:
    graph.driver.execute_query("CREATE (:Mine {name: 'kept'})")
    with pytest.raises(GraphRefused, match="1 nodes that Headwater did not write: name an empty database"):
        replay.replay_given(settings, Reports(), overwrite=True)
    graph.driver.execute_query("MATCH (n:Mine) DELETE n")
    replay.replay_given(settings, Reports(), overwrite=False)
    graph.driver.execute_query("CREATE (:Mine {name: 'kept'})")
    with pytest.raises(GraphRefused, match="also holds 1 nodes that Headwater did not write"):
        replay.replay_given(settings, Reports(), overwrite=True)
    graph.driver.execute_query("MATCH (n:Mine) DELETE n")
    log.write(lambda connection: connection.execute("UPDATE log SET id = 'another'"))
    with pytest.raises(GraphRefused, match=r"holds the graph of event log .*, and this data folder holds log another"):
        replay.replay_given(settings, Reports(), overwrite=True)


def test_a_clear_that_was_cut_off_is_gone_on_with(settings: Settings, log: SqliteEventLog, graph: OpenGraph) -> None:
    found = replay.replay_given(settings, Reports(), overwrite=False)
    graph.driver.execute_query("MATCH (n) WHERE n:Dataset OR n:HeadwaterPosition DETACH DELETE n")
    assert replay.replay_given(settings, Reports(), overwrite=True).digest == found.digest


def test_failed_events_are_left_out_and_new_failures_kept(
    settings: Settings, log: SqliteEventLog, index: EventIndex, graph: OpenGraph
) -> None:
    index.mark_failed(2, "as it was")
    index.retry("event 1")
    log.append([Draft("broken", b"no JSON")])
    found = replay.replay_given(settings, Reports(), overwrite=False)
    assert (found.left_out, found.failed) == (1, (9,))
    assert index.failed() == [2, 9]
    assert index.retries() == [2], "a retry is for the server"
    assert graph.standing().position == 9
    again = replay.replay_given(settings, Reports(), overwrite=True)
    assert (again.left_out, again.failed, again.digest) == (2, (), found.digest)


def test_compares_where_the_graph_in_use_stands(log: SqliteEventLog, index: EventIndex, graph: OpenGraph) -> None:
    first = build(log, index)
    first._end = 5  # as if a server had been stopped there
    used = first.into(graph, InUse(None, why_not="nothing to compare with"))
    assert graph.standing().position == 5
    clear(graph, log)
    found = build(log, index).into(graph, InUse(used.digest, 5))
    assert found.equal
    assert found.compared == used.digest != found.digest == graph.digest()
    clear(graph, log)
    other = build(log, index).into(graph, InUse(used.digest, 6))
    assert other.equal is False


def clear(graph: OpenGraph, log: SqliteEventLog) -> None:
    store = graph.store()
    store.claim(log.id, log.end(), PROJECTION_VERSION, "test")
    store.clear()
    store.release()


def test_commands(settings: Settings, log: SqliteEventLog, neo4j_server: ConnectionInfo, graph: OpenGraph) -> None:
    environment = {"HEADWATER_NEO4J_PASSWORD": neo4j_server.password, "HEADWATER_BATCH_SIZE": "1"}
    where = ["--data-dir", str(settings.data_dir), "--neo4j-uri", neo4j_server.uri]
    made = CliRunner().invoke(headwater, ["replay", *where, "--json"], env=environment)
    assert made.exit_code == 0, made.output
    assert made.stderr.splitlines()[-1] == "Projected 8 of 8 events"
    told = json.loads(made.stdout)
    assert told["digest"] == graph_digest(graph.driver).sha256
    assert (told["events"], told["equal"], told["notCompared"]) == (8, None, "the database was empty")
    asked = CliRunner().invoke(headwater, ["digest", *where, "--json"], env=environment)
    answer = json.loads(asked.stdout)
    assert (answer["digest"], answer["log"], answer["position"]) == (told["digest"], log.id, 8)
    wrong = CliRunner().invoke(headwater, ["replay", *where, "--overwrite", "--check"], env=environment)
    assert wrong.exit_code == 2
    assert "--overwrite is for" in wrong.stderr


def test_needs_the_log_for_itself(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="There is no event log in"):
        replay.replay_given(settings, Reports(), overwrite=False)
    data = DataFolder(settings.data_dir)
    with closing(SqliteEventLog(data.log)), data.lock(), pytest.raises(SetupError, match="in use by another Headwater"):
        replay.replay_managed(settings, Reports())


@pytest.fixture
def store(tmp_path: Path) -> Path:
    for name in ("neo4j", "neo4j.replay"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "what").write_text(name)
    return tmp_path / "neo4j"


def what(folder: Path) -> str:
    return (folder / "what").read_text()


def test_swap(store: Path) -> None:
    kept_before(store).mkdir()
    (kept_before(store) / "older").touch()
    swap_in(store)
    assert (what(store), what(kept_before(store))) == ("neo4j.replay", "neo4j")
    assert not being_built(store).exists()


def test_a_replay_that_was_cut_off_changes_nothing(store: Path) -> None:
    assert recover_swap(store) == store
    assert what(store) == "neo4j"


def test_a_swap_that_was_cut_off_is_finished(store: Path) -> None:
    replayed = store.with_name("neo4j.replayed")
    being_built(store).rename(replayed)
    recover_swap(store)
    assert (what(store), what(kept_before(store))) == ("neo4j.replay", "neo4j")
    store.rename(replayed)  # as after the second rename
    assert what(recover_swap(store)) == "neo4j.replay"
    recover_swap(store)
    assert sorted(path.name for path in store.parent.iterdir()) == ["neo4j", "neo4j.before-replay"]


def test_a_swap_without_a_store_before(store: Path) -> None:
    store.rename(store.with_name("elsewhere"))
    swap_in(store)
    assert what(store) == "neo4j.replay"
    assert not kept_before(store).exists()
