"""The life of a managed Neo4j, with a real JVM: killed parents, killed JVMs, busy ports, folders in use."""

import os
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import neo4j
import psutil
import pytest
from headwater_graph.errors import GraphRefused, GraphUnavailable
from headwater_graph.local_neo4j import ConnectionInfo, LocalNeo4j
from headwater_graph.local_neo4j.port import reserve

from tests.ports import free_port
from tests.waiting import killed_after, wait_until

PARENT = """
import sys, time, pathlib, neo4j
from headwater_graph.local_neo4j import LocalNeo4j
local = LocalNeo4j(pathlib.Path(sys.argv[1]), bolt_port=int(sys.argv[2]))
info = local.start()
with neo4j.GraphDatabase.driver(info.uri, auth=(info.user, info.password)) as driver:
    driver.execute_query("CREATE (:Survivor)")
print(local.jvm_pid, info.bolt_port, flush=True)
time.sleep(600)
"""


def runs(pid: int | None) -> bool:
    try:
        return pid is not None and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def count(info: ConnectionInfo, label: str) -> int:
    with neo4j.GraphDatabase.driver(info.uri, auth=(info.user, info.password)) as driver:
        query = "MATCH (n) WHERE $label IN labels(n) RETURN count(n) AS n"
        return int(driver.execute_query(query, label=label).records[0]["n"])


@pytest.fixture(scope="module")
def busy_port() -> Iterator[int]:
    """A port on which another program listens."""
    with socket.create_server(("127.0.0.1", free_port())) as listener:
        yield listener.getsockname()[1]


@dataclass(frozen=True)
class Orphan:
    """What a Headwater left that was killed after it had started Neo4j and written a node."""

    folder: Path
    parent: int
    jvm: int
    port: int


@pytest.fixture(scope="module")
def orphan(tmp_path_factory: pytest.TempPathFactory, busy_port: int) -> Orphan:
    folder = tmp_path_factory.mktemp("orphan") / "süd '$x' 数据" / "neo4j"
    command = [sys.executable, "-c", PARENT, str(folder), str(busy_port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process, killed_after(process):
        assert process.stdout
        line = process.stdout.readline()
        process.kill()
    jvm, port = line.split()
    return Orphan(folder, process.pid, int(jvm), int(port))


@dataclass
class Started:
    local: LocalNeo4j
    info: ConnectionInfo
    folder: Path
    restarts: list[str] = field(default_factory=list)


@pytest.fixture(scope="module")
def started(orphan: Orphan, busy_port: int) -> Iterator[Started]:
    """The server started again at once on the folder that the killed Headwater used."""
    restarts: list[str] = []
    local = LocalNeo4j(orphan.folder, bolt_port=busy_port, on_restart=restarts.append)
    yield Started(local, local.start(), orphan.folder, restarts)
    pid = local.jvm_pid
    local.stop()
    assert not runs(pid)


def test_killed_parent_leaves_no_jvm(orphan: Orphan) -> None:
    wait_until(lambda: not runs(orphan.jvm))


def test_next_start_has_the_data(started: Started) -> None:
    assert count(started.info, "Survivor") == 1


def test_busy_port_is_stepped_over(orphan: Orphan, started: Started, busy_port: int) -> None:
    assert orphan.port > busy_port
    assert started.info.bolt_port > busy_port
    assert started.info.uri == f"bolt://127.0.0.1:{started.info.bolt_port}"


def test_password_is_private(started: Started) -> None:
    path = started.folder / "password"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text() == started.info.password
    assert started.info.password not in repr(started.info)
    assert started.info.password not in " ".join(psutil.Process(started.local.jvm_pid).cmdline())
    wrong = neo4j.GraphDatabase.driver(started.info.uri, auth=(started.info.user, "wrong-password"))
    with wrong, pytest.raises(neo4j.exceptions.AuthError):
        wrong.verify_connectivity()


def test_second_start_on_the_folder_is_refused(started: Started) -> None:
    with pytest.raises(GraphRefused) as caught:
        LocalNeo4j(started.folder).start()
    assert str(os.getpid()) in str(caught.value)
    assert str(started.folder) in str(caught.value)
    assert started.local.alive()


def test_only_loopback_is_served(started: Started) -> None:
    listening = psutil.Process(started.local.jvm_pid).net_connections(kind="inet")
    open_ports = {
        (c.laddr.ip.removeprefix("::ffff:"), c.laddr.port) for c in listening if c.status == psutil.CONN_LISTEN
    }
    assert open_ports == {("127.0.0.1", started.info.bolt_port)}


def test_killed_jvm_is_started_again_on_the_same_port_with_its_data(started: Started) -> None:
    with neo4j.GraphDatabase.driver(started.info.uri, auth=(started.info.user, started.info.password)) as driver:
        driver.execute_query("CREATE (:BeforeKill)")
    pid, before = started.local.jvm_pid, len(started.restarts)
    assert pid
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: started.local.jvm_pid != pid)
    wait_until(lambda: any("started again" in said for said in started.restarts[before:]))
    assert started.local.alive()
    assert started.local.connection == started.info
    assert count(started.info, "BeforeKill") == 1


def test_folder_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "neo4j-version").write_text("5.26.30")
    with pytest.raises(GraphRefused, match=r"5\.26\.30.*rebuilt"):
        LocalNeo4j(tmp_path).start()


def test_lost_password_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    with pytest.raises(GraphRefused, match="password"):
        LocalNeo4j(tmp_path).start()


def test_server_that_does_not_start_shows_its_log(tmp_path: Path) -> None:
    local = LocalNeo4j(tmp_path, heap_mb=1)
    with pytest.raises(GraphUnavailable, match=r"did not start[\s\S]*Too small maximum heap"):
        local.start()
    assert not local.alive()
    local.stop()


def test_reserved_port_is_not_given_twice() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        preferred = listener.getsockname()[1]
    first, first_handle = reserve(preferred)
    second, second_handle = reserve(preferred)
    os.close(first_handle)
    os.close(second_handle)
    assert preferred <= first < second


def test_worker_server_answers(neo4j_server: ConnectionInfo, empty_graph: neo4j.Driver) -> None:
    empty_graph.execute_query("CREATE (:Thing)")
    assert count(neo4j_server, "Thing") == 1


def test_graph_is_empty_for_each_test(empty_graph: neo4j.Driver) -> None:
    assert empty_graph.execute_query("MATCH (n) RETURN count(n) AS n").records[0]["n"] == 0
