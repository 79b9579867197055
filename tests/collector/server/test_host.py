"""The whole: ``headwater serve`` as a process of its own, with a real Neo4j."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import neo4j
import pytest
from headwater_collector.errors import SetupError
from headwater_collector.server.host import Address, Host
from headwater_collector.server.listening import listen
from headwater_collector.settings import load_settings
from headwater_graph.local_neo4j import ConnectionInfo

from tests.collector.events import encoded, run_event
from tests.waiting import PATIENCE, REFUSAL, wait_until

NO_ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}


class Serve:
    """A running ``headwater serve``."""

    def __init__(self, folder: Path, *options: str, **environment: str) -> None:
        command = [sys.executable, "-c", "from headwater_collector.cli import main; main()", "serve"]
        self._output = folder.with_name(f"{folder.name}-{os.urandom(4).hex()}.out")
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [*command, "--data-dir", str(folder), *options],
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**NO_ENVIRONMENT, **environment},
            )

    @property
    def said(self) -> str:
        """All that it has printed."""
        return self._output.read_text()

    def until(self, pattern: str) -> str:
        """Wait until it says something like the pattern, and return the first group."""
        wait_until(lambda: re.search(pattern, self.said) or self.process.poll() is not None, f"it to say {pattern!r}")
        found = re.search(pattern, self.said)
        assert found, f"it ended without {pattern!r} and said:\n{self.said}"
        return found[1] if found.groups() else found[0]

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and return the exit code."""
        self.process.send_signal(number)
        return self.end()

    def end(self, patience: float = REFUSAL) -> int:
        """Wait for the end and return the exit code."""
        wait_until(lambda: self.process.poll() is not None, f"its end; it said:\n{self.said}", patience)
        return self.process.wait()


@contextmanager
def serve(folder: Path, *options: str, **environment: str) -> Iterator[Serve]:
    process = Serve(folder, *options, **environment)
    try:
        yield process
    finally:
        if process.process.poll() is None:
            process.process.kill()
            process.end()


def given(server: ConnectionInfo, **more: str) -> dict[str, str]:
    return {"HEADWATER_NEO4J_URI": server.uri, "HEADWATER_NEO4J_PASSWORD": server.password, **more}


@contextmanager
def url_client(url: str) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=url, timeout=PATIENCE, trust_env=False) as http:
        yield http


def status(http: httpx.Client) -> Any:
    return http.get("/api/headwater/v1/status").json()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_events_go_into_a_given_neo4j(
    tmp_path: Path, neo4j_server: ConnectionInfo, empty_graph: neo4j.Driver, number: signal.Signals
) -> None:
    with serve(tmp_path, "--port", "0", **given(neo4j_server)) as served:
        url = served.until(r"OPENLINEAGE_URL=(\S+)\n")
        with url_client(url) as http:
            assert http.post("/api/v1/lineage", content=encoded(run_event())).status_code == 201
            served.until("Neo4j answers")
            wait_until(lambda: status(http)["pending"] == 0, "the event to be projected")
            upstream = http.get("/api/headwater/v1/upstream", params={"of": "out"}).json()
        assert {node.get("name") for node in upstream["nodes"]} >= {"in", "j"}
        assert served.stop(number) == 0
    assert f'"url": "{url}"' in served.said
    assert f"spark.openlineage.transport.url={url}" in served.said


def test_a_second_server_on_the_same_folder_is_refused(
    tmp_path: Path, neo4j_server: ConnectionInfo, empty_graph: neo4j.Driver
) -> None:
    with serve(tmp_path, "--port", "0", **given(neo4j_server)) as first:
        first.until("Neo4j answers")
        with serve(tmp_path, "--port", "0", **given(neo4j_server)) as second:
            assert second.end() == 6
            assert f"process {first.process.pid}" in second.said
        assert first.stop() == 0


def test_a_second_server_on_the_same_graph_is_refused(
    tmp_path: Path, neo4j_server: ConnectionInfo, empty_graph: neo4j.Driver
) -> None:
    with serve(tmp_path / "one", "--port", "0", **given(neo4j_server)) as first:
        first.until("Neo4j answers")
        with serve(tmp_path / "two", "--port", "0", **given(neo4j_server)) as second:
            assert second.end() == 6
            assert "Traceback" not in second.said
        assert first.stop() == 0


def test_a_wrong_password_is_one_sentence(tmp_path: Path, neo4j_server: ConnectionInfo) -> None:
    environment = given(neo4j_server, HEADWATER_NEO4J_PASSWORD="wrong password")
    with serve(tmp_path, "--port", "0", **environment) as served:
        assert served.end() == 6
    (line,) = [line for line in served.said.splitlines() if line.startswith("Error: ")]
    assert "password" in line
    assert "Traceback" not in served.said


def test_events_are_received_while_neo4j_is_away(tmp_path: Path) -> None:
    with serve(tmp_path, "--port", "0", HEADWATER_NEO4J_URI="bolt://127.0.0.1:9") as served:
        url = served.until(r"OPENLINEAGE_URL=(\S+)\n")
        served.until("Warning: .*Events are received in the meantime")
        with url_client(url) as http:
            assert http.post("/api/v1/lineage", content=encoded(run_event())).status_code == 201
            found = status(http)
            assert (found["pending"], found["graph"]["reachable"]) == (1, False)
            assert http.get("/health/ready").status_code == 204
            assert http.get("/api/headwater/v1/upstream?of=out").status_code == 503
        assert served.stop() == 0


def test_other_addresses_need_a_key(tmp_path: Path) -> None:
    with serve(tmp_path, "--host", "0.0.0.0", "--port", "0") as served:
        assert served.end() == 6
    assert "headwater keys create" in served.said


def test_a_busy_port_is_stepped_over_only_where_nobody_asked_for_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(SetupError, match=f"Port {port} of 127.0.0.1 is in use"):
            listen("127.0.0.1", port, step_over_busy=False)
        with listen("127.0.0.1", port, step_over_busy=True) as free:
            assert free.getsockname()[1] > port


def test_an_address_of_another_machine_is_refused() -> None:
    with pytest.raises(SetupError, match=r"cannot listen on 192\.0\.2\.1"):
        listen("192.0.2.1", 0, step_over_busy=True)


def test_a_host_can_be_stopped_from_another_thread(tmp_path: Path) -> None:
    known: list[Address] = []
    listening = threading.Event()

    def tell(address: Address) -> None:
        known.append(address)
        listening.set()

    settings = load_settings(data_dir=tmp_path, port=0, neo4j_uri="bolt://127.0.0.1:9")
    host = Host(settings, listening=tell)
    thread = threading.Thread(target=host.run)
    thread.start()
    assert listening.wait(PATIENCE)
    with url_client(known[0].url) as http:
        assert http.get("/health/live").status_code == 204
    host.stop()
    thread.join()
