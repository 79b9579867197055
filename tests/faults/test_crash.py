"""Kills of server and Neo4j in mid-ingest, a Neo4j that is away, and servers that must not be.

More of it, with more kills: `python -m tests.faults.crash --help`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import neo4j
import pytest
from headwater_graph.local_neo4j import ConnectionInfo

from tests.benchmarks.workload import declarations, pipelines
from tests.faults.crash import (
    BACKLOG,
    check_log,
    compare_undisturbed,
    kill_neo4j,
    kill_replay,
    kill_server,
    neo4j_away,
)
from tests.faults.served import Headwater, Sender, run
from tests.waiting import REFUSAL

pytestmark = pytest.mark.kills

SETUP = 6
"""The exit code when a person must act."""


@pytest.fixture
def headwater(tmp_path: Path) -> Iterator[Headwater]:
    server = Headwater(tmp_path)
    try:
        yield server.start()
    finally:
        server.stop()


def test_nothing_is_lost_and_the_graph_is_as_undisturbed(headwater: Headwater) -> None:
    # One after another on one server: a start of Neo4j is what costs time here.
    senders = [
        kill_server(headwater, kills=3, seed=11),
        kill_neo4j(headwater, kills=3, seed=12),
        neo4j_away(headwater, seconds=10, seed=13),
    ]
    second = run("serve", "--port", 0, patience=REFUSAL, **headwater.settings)
    assert second.returncode == SETUP
    assert f"is in use by another Headwater, process {headwater.process.pid}: stop that one" in second.stderr
    headwater.stop()
    assert not headwater.jvms(), "a JVM is left behind"
    assert check_log(headwater, *senders) > BACKLOG
    kill_replay(headwater)
    compare_undisturbed(headwater)
    stores = sorted(path.name for path in headwater.data.iterdir() if path.is_dir())
    assert stores == ["neo4j"]


@pytest.fixture
def given(tmp_path: Path, neo4j_server: ConnectionInfo, empty_graph: neo4j.Driver) -> Iterator[Headwater]:
    server = Headwater(tmp_path / "first", **login(neo4j_server))
    server.data.parent.mkdir()
    try:
        yield server.start()
    finally:
        server.stop()


def login(neo4j_server: ConnectionInfo) -> dict[str, str]:
    info = neo4j_server
    return {"neo4j_uri": info.uri, "neo4j_user": info.user, "neo4j_password": info.password}


def send_some(server: Headwater, number: int, generation: str) -> int:
    """Send some events, which are new if the generation is, and return where the log ends when all are applied."""
    with Sender(server.url, declarations(pipelines(number * 2, number), generation), pause=0) as sender:
        sender.wait_more(number)
    server.wait_applied()
    end: int = server.status()["log"]["end"]
    return end


def copied(server: Headwater, folder: Path) -> Path:
    """Copy the log of a running server to a new folder, as a backup does: as it is at one moment."""
    folder.mkdir()
    with (
        closing(sqlite3.connect(server.data / "log.db")) as log,
        closing(sqlite3.connect(folder / "log.db")) as copy,
    ):
        log.backup(copy)
    return folder


def refusal(folder: Path, info: ConnectionInfo) -> str:
    """Serve that folder on the given Neo4j, which must be refused, and return why."""
    answer = run("serve", "--port", 0, patience=REFUSAL, data_dir=folder, **login(info))
    assert answer.returncode == SETUP, answer.stdout + answer.stderr
    return answer.stderr


def test_one_graph_has_one_log_and_one_server(given: Headwater, tmp_path: Path, neo4j_server: ConnectionInfo) -> None:
    end = send_some(given, 20, "before")
    older = copied(given, tmp_path / "older")
    assert send_some(given, 20, "after") > end

    two_logs = refusal(tmp_path / "another", neo4j_server)
    assert "this graph was built from event log" in two_logs
    assert "use the folder of that log, or another database" in two_logs

    same = copied(given, tmp_path / "same")
    assert "another Headwater writes this graph" in refusal(same, neo4j_server)
    assert given.status()["graph"]["problem"] is None

    given.stop()
    restored = refusal(older, neo4j_server)
    assert f"the log in this data folder ends at {end}:" in restored
    assert "Use the right folder, or another database" in restored

    given.data.rename(tmp_path / "lost")
    lost = refusal(given.data, neo4j_server)
    assert "but this data folder holds log" in lost
    assert "or empty this one" in lost
