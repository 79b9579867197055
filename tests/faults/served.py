"""A `headwater serve` that is killed and started again, and a sender that does what producers do meanwhile."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import psutil
from headwater_collector.log.sqlite_log import SqliteEventLog

from tests.ports import free_port
from tests.waiting import PATIENCE, run_to_end, wait_until

HEADWATER = (sys.executable, "-c", "from headwater_collector.cli import main; main()")


def environment(**settings: object) -> dict[str, str]:
    """Return this environment with these settings of Headwater and no others but the cache."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("HEADWATER_")}
    if "HEADWATER_CACHE_DIR" in os.environ:
        kept["HEADWATER_CACHE_DIR"] = os.environ["HEADWATER_CACHE_DIR"]
    return kept | {f"HEADWATER_{name.upper()}": str(value) for name, value in settings.items()}


def run(*arguments: object, patience: float = PATIENCE, **settings: object) -> "subprocess.CompletedProcess[str]":
    """Run a command of Headwater to its end."""
    return run_to_end(*HEADWATER, *map(str, arguments), patience=patience, env=environment(**settings))


class Headwater:
    """A server on a folder and a port of its own, as often as it is started."""

    def __init__(self, folder: Path, **settings: object) -> None:
        self.data, self.port = folder / "data", free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = {"data_dir": self.data, "bolt_port": 37687, **settings}
        self.output = folder / "serve.log"
        self._http = httpx.Client(base_url=self.url, timeout=PATIENCE, trust_env=False)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process(self) -> "subprocess.Popen[bytes]":
        assert self._process
        return self._process

    @property
    def jvm(self) -> int:
        """The process id of the JVM, 0 while there is none."""
        with suppress(FileNotFoundError, ValueError):
            return int((self.data / "neo4j" / "jvm.pid").read_text())
        return 0

    def start(self) -> "Headwater":
        """Start the server; returns when it receives, which is before Neo4j answers."""
        with self.output.open("ab") as output:
            command = (*HEADWATER, "serve", "--port", str(self.port))
            environment_ = environment(**self.settings)
            self._process = subprocess.Popen(command, env=environment_, stdout=output, stderr=subprocess.STDOUT)
        wait_until(self._answers, "the server to receive")
        return self

    def _answers(self) -> bool:
        assert self.process.poll() is None, self.output.read_text()[-3000:]
        with suppress(httpx.TransportError):
            return self._http.get("/health/live").status_code == 204
        return False

    def status(self) -> Any:
        """Return how far the graph is behind the log."""
        return self._http.get("/api/headwater/v1/status").json()

    def wait_projecting(self) -> None:
        """Wait until the graph goes on."""
        before = self.status()["appliedThrough"]
        wait_until(lambda: self.status()["appliedThrough"] > before, "events to be projected")

    def wait_applied(self) -> None:
        """Wait until all that was accepted is in the graph."""
        end = self.status()["log"]["end"]
        wait_until(lambda: self.status()["appliedThrough"] >= end, "the graph to catch up")

    def kill(self) -> None:
        """Kill the server, and nothing but it."""
        self.process.kill()
        self.process.wait()

    def restart(self, **settings: object) -> None:
        """Stop the server, and start it with other settings."""
        self._end()
        self.settings.update(settings)
        self.start()

    def stop(self) -> None:
        """Stop the server as a supervisor does, for good."""
        self._http.close()
        self._end()

    def _end(self) -> None:
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait(PATIENCE)
        self._process = None

    def jvms(self) -> list[int]:
        """Return every JVM, and every supervisor of one, that works on this folder or one beside."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                if any(f"--home-dir={self.data}" in part for part in process.cmdline()):
                    found.append(process.pid)
        return found

    def logged(self) -> Counter[str]:
        """Return the SHA-256 of the bodies in the log, each as often as it is there; the server must be stopped."""
        with closing(SqliteEventLog(self.data / "log.db")) as log:
            found: Counter[str] = Counter()
            position = 0
            while entries := log.read(position, 500):
                found.update(sha256(entry.body).hexdigest() for entry in entries)
                position = entries[-1].offset
            return found


class Sender:
    """Sends events one after another on some connections, each again until it is acknowledged, while there are any."""

    def __init__(self, url: str, bodies: Iterable[bytes], *, connections: int = 2, pause: float = 0.1) -> None:
        self.acknowledged: set[str] = set()
        self.statuses: Counter[int] = Counter()
        self.cut_off = 0
        """Requests without an answer."""
        self.retry_after: set[str | None] = set()
        """What answers with 503 said."""
        self._url, self._bodies, self._pause = url, iter(bodies), pause
        self._lock, self._stopping = threading.Lock(), threading.Event()
        self._threads = [threading.Thread(target=self._work) for _ in range(connections)]

    def __enter__(self) -> "Sender":
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def wait_more(self, number: int) -> None:
        """Wait until that many more events are acknowledged."""
        wanted = len(self.acknowledged) + number
        wait_until(lambda: len(self.acknowledged) >= wanted, f"{number} more events to be acknowledged")

    def _work(self) -> None:
        with httpx.Client(base_url=self._url, timeout=PATIENCE, trust_env=False) as client:
            while not self._stopping.is_set():
                with self._lock:
                    body = next(self._bodies, None)
                if body is None:
                    return
                while not self._acknowledged(client, body):
                    if self._stopping.wait(0.1):
                        return
                self._stopping.wait(self._pause)

    def _acknowledged(self, client: httpx.Client, body: bytes) -> bool:
        try:
            answer = client.post("/api/v1/lineage", content=body, headers={"Content-Type": "application/json"})
        except httpx.TransportError:
            self.cut_off += 1
            return False
        with self._lock:
            self.statuses[answer.status_code] += 1
            if answer.status_code == 503:
                self.retry_after.add(answer.headers.get("Retry-After"))
            elif answer.status_code == 201:
                self.acknowledged.add(sha256(body).hexdigest())
        return answer.status_code == 201


def moments(seed: int) -> Iterator[int]:
    """Yield how many events shall be acknowledged until the next kill."""
    draw = random.Random(seed)
    while True:
        yield draw.randint(1, 60)


def told(answer: "subprocess.CompletedProcess[str]") -> Any:
    """Return the JSON that a command printed."""
    assert answer.stdout, answer.stderr
    return json.loads(answer.stdout)
