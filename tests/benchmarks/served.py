"""A `headwater serve` as a process of its own, and what it costs."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from tests.ports import free_port

START_TIMEOUT = 600.0
"""Seconds until the server must be ready; the first start on a machine downloads Neo4j."""


@dataclass(frozen=True, slots=True)
class Usage:
    """CPU seconds since the start, and resident memory in MB now, of the collector and of Neo4j."""

    collector_cpu: float
    neo4j_cpu: float
    collector_mb: float
    neo4j_mb: float


@dataclass(frozen=True, slots=True)
class Served:
    """A running server."""

    host: str
    port: int
    process: psutil.Process
    folder: Path

    def get(self, path: str, timeout: float = 60.0) -> Any:
        """Return the JSON that it answers."""
        with urllib.request.urlopen(f"http://{self.host}:{self.port}{path}", timeout=timeout) as answer:
            return json.loads(answer.read() or b"null")

    def status(self) -> Any:
        """Return how far the graph is behind the log."""
        return self.get("/api/headwater/v1/status")

    def usage(self) -> Usage:
        """Read the usage of all its processes; the JVM is Neo4j, all others are the collector."""
        cpu, memory = [0.0, 0.0], [0.0, 0.0]
        for process in (self.process, *self.process.children(recursive=True)):
            with suppress(psutil.NoSuchProcess), process.oneshot():
                times, java = process.cpu_times(), "java" in process.name()
                cpu[java] += times.user + times.system
                memory[java] += process.memory_info().rss / 2**20
        return Usage(cpu[0], cpu[1], memory[0], memory[1])

    def wait_applied(self, told: Callable[[int], None] = lambda _: None, timeout: float = 3600.0) -> None:
        """Wait until everything that its log holds now is in the graph; `told` gets how much is pending."""
        end = self.status()["log"]["end"]
        limit = time.monotonic() + timeout
        while (status := self.status())["appliedThrough"] < end:
            told(status["pending"])
            if time.monotonic() > limit:
                raise TimeoutError(f"{status['pending']} events are still pending after {timeout} s")
            time.sleep(0.05)

    def peak(self) -> "Peak":
        """Return a watcher of the highest memory, to be used in a `with`."""
        return Peak(self)


class Peak:
    """Samples the memory of a server every 20 ms while it is entered."""

    def __init__(self, served: Served) -> None:
        self.collector_mb = self.neo4j_mb = 0.0
        self._served, self._done = served, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "Peak":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            usage = self._served.usage()
            self.collector_mb = max(self.collector_mb, usage.collector_mb)
            self.neo4j_mb = max(self.neo4j_mb, usage.neo4j_mb)


@contextmanager
def serving(keep: bool = False) -> Iterator[Served]:
    """Start a server with a fresh data folder, wait until it is ready, stop it in the end and remove the folder."""
    folder = Path(tempfile.mkdtemp(prefix="headwater-bench-"))
    port = free_port()
    log = (folder / "serve.log").open("wb")
    arguments = ("serve", "--port", str(port), "--data-dir", str(folder / "data"))
    process = subprocess.Popen((*_headwater(), *arguments), stdout=log, stderr=subprocess.STDOUT)
    try:
        served = Served("127.0.0.1", port, psutil.Process(process.pid), folder)
        _wait_ready(served, process)
        yield served
    finally:
        _stop(process)
        log.close()
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _headwater() -> tuple[str, ...]:
    beside = Path(sys.executable).with_name("headwater")
    return (str(beside),) if beside.exists() else (sys.executable, "-m", "headwater_collector")


def _wait_ready(served: Served, process: "subprocess.Popen[bytes]") -> None:
    limit = time.monotonic() + START_TIMEOUT
    while time.monotonic() < limit:
        if process.poll() is not None:
            raise RuntimeError("headwater serve ended:\n" + (served.folder / "serve.log").read_text()[-3000:])
        with suppress(OSError, urllib.error.URLError):
            if served.status()["graph"]["reachable"]:
                return
        time.sleep(0.1)
    raise TimeoutError("headwater serve did not become ready:\n" + (served.folder / "serve.log").read_text()[-3000:])


def _stop(process: "subprocess.Popen[bytes]") -> None:
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGTERM)
    try:
        process.wait(60)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
