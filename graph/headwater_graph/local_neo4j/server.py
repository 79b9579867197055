"""The managed Neo4j as a running process."""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from neo4j import Driver, GraphDatabase
from neo4j.exceptions import AuthError, DriverError, Neo4jError

from headwater_graph.errors import GraphRefused, GraphUnavailable
from headwater_graph.local_neo4j import folder as folders
from headwater_graph.local_neo4j import port as ports
from headwater_graph.local_neo4j.lock import locked_jars
from headwater_graph.local_neo4j.provision import OnProgress, java, provision

START_SECONDS = 300.0
STOP_SECONDS = 20.0
JVM_VARIABLES = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS", "NEO4J_HOME", "NEO4J_CONF"}
MAIN_CLASS = "org.neo4j.server.Neo4jCommunity"


@dataclass(frozen=True, slots=True)
class ConnectionInfo:
    """Where the server answers and how to log in."""

    uri: str
    user: str
    password: str = field(repr=False)
    bolt_port: int


class _PortTaken(Exception):
    """Somebody else came to listen on the port."""


class LocalNeo4j:
    """A Neo4j Community in `data_dir`, a child process on loopback that ends with this process.

    It is started anew, on the same port, when the JVM dies; `on_restart` is then called with what happened, from a
    thread. Memory is in MB; `bolt_port` is the first port to try.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        cache_dir: Path | None = None,
        heap_mb: int = 512,
        page_cache_mb: int = 128,
        bolt_port: int = 7687,
        on_restart: Callable[[str], None] | None = None,
    ) -> None:
        self._folder = data_dir.absolute()
        self._cache_dir, self._heap_mb, self._page_cache_mb = cache_dir, heap_mb, page_cache_mb
        self._bolt_port, self._on_restart = bolt_port, on_restart
        self._lock = self._port_lock = -1
        self._lib = Path()
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping, self._guard = threading.Event(), threading.Lock()
        self._watcher: threading.Thread | None = None
        self._connection: ConnectionInfo | None = None

    @property
    def connection(self) -> ConnectionInfo:
        """Where the started server answers."""
        if self._connection is None:
            raise GraphUnavailable(f"The Neo4j in {self._folder} is not started.")
        return self._connection

    @property
    def log_file(self) -> Path:
        """The server's log, bounded in size."""
        return self._folder / "logs" / "neo4j.log"

    @property
    def jvm_pid(self) -> int | None:
        """The process id of the JVM, None while there is none."""
        try:
            return int((self._folder / "jvm.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None

    def start(self, on_progress: OnProgress | None = None) -> ConnectionInfo:
        """Provision, start and wait until a query is answered; downloads report to `on_progress`.

        Raises `GraphRefused` when the folder is in use or of another version, `GraphUnavailable` when Neo4j does not
        start.
        """
        if self._connection is not None:
            return self._connection
        self._lock = folders.take(self._folder)
        self._stopping.clear()
        try:
            folders.check_version(self._folder)
            folders.end_leftover(self._folder)
            self._lib = provision(self._cache_dir, on_progress)
            self._connection = self._start_on_free_port(folders.password(self._folder))
        except BaseException:
            self.stop()
            raise
        self._watcher = threading.Thread(target=self._watch, name="neo4j-watch", daemon=True)
        self._watcher.start()
        return self._connection

    def stop(self) -> None:
        """Stop the server and free the folder; returns when the JVM is gone. Does nothing when it is stopped."""
        self._stopping.set()
        self._end_process()
        if self._watcher and self._watcher is not threading.current_thread():
            self._watcher.join()
        self._watcher = None
        if self._lock >= 0:
            folders.give_back(self._lock)
        if self._port_lock >= 0:
            os.close(self._port_lock)
        self._lock = self._port_lock = -1
        self._connection = None

    def alive(self) -> bool:
        """Say whether the JVM runs; it may still be starting anew after a crash."""
        pid = self.jvm_pid
        process = self._process
        return process is not None and process.poll() is None and pid is not None and folders.runs(pid)

    def _start_on_free_port(self, password: str) -> ConnectionInfo:
        port = 0
        while True:
            port, self._port_lock = ports.reserve(self._bolt_port, above=port)
            info = ConnectionInfo(f"bolt://127.0.0.1:{port}", folders.USER, password, port)
            try:
                self._run(info)
            except _PortTaken:
                os.close(self._port_lock)
                self._port_lock = -1
            else:
                return info

    def _run(self, info: ConnectionInfo) -> None:
        """Start the JVM and wait until it answers."""
        folders.configure(self._folder, info.bolt_port, self._page_cache_mb)
        log_start = self.log_file.stat().st_size if self.log_file.exists() else 0
        process = self._launch()
        if not await_answer(process, info):
            said = folders.last_log_lines(self._folder, log_start)
            self._end_process()
            if "Address already in use" in said or "BindException" in said:
                raise _PortTaken
            raise GraphUnavailable(f"Neo4j did not start; its log {self.log_file} ends with:\n{said}")

    def _launch(self) -> subprocess.Popen[bytes]:
        command = [
            *(sys.executable, "-I", "-S", str(Path(__file__).with_name("supervise.py"))),
            *(str(self._folder / "jvm.pid"), str(STOP_SECONDS)),
            *(str(java()), *jvm_flags(self._heap_mb), MAIN_CLASS),
            *(f"--home-dir={self._folder}", f"--config-dir={self._folder / 'conf'}"),
        ]
        environment = {name: value for name, value in os.environ.items() if name not in JVM_VARIABLES}
        environment["LC_ALL"] = "C.UTF-8"  # Java reads file names by it
        environment["CLASSPATH"] = os.pathsep.join(jar.filename for jar in locked_jars())  # relative to its folder
        with self._guard, (self._folder / "logs" / "console.log").open("wb") as console:
            if self._stopping.is_set():
                raise GraphUnavailable(f"The Neo4j in {self._folder} is being stopped.")
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=console,
                stderr=subprocess.STDOUT,
                cwd=self._lib,
                env=environment,
                start_new_session=True,  # Ctrl-C in the terminal is for Headwater, which stops Neo4j last
                pass_fds=(self._lock,),  # the folder stays locked until the JVM is gone
            )
            return self._process

    def _end_process(self) -> None:
        """End supervisor and JVM, and wait for both."""
        with self._guard:
            process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin
        process.stdin.close()
        try:
            process.wait(STOP_SECONDS + 10)
        except subprocess.TimeoutExpired:
            process.kill()  # takes the JVM with it on Linux; end_leftover does elsewhere
            process.wait()
        folders.end_leftover(self._folder)

    def _watch(self) -> None:
        """Start the JVM anew whenever it ends without being asked to."""
        while not self._stopping.is_set():
            process = self._process
            if process is None:
                return
            code = process.wait()
            delay = 0.5
            while not self._stopping.wait(delay):
                said = self._restart(code)
                if self._on_restart and not self._stopping.is_set():
                    self._on_restart(said)
                if self._process is not None:
                    break
                delay = min(delay * 2, 30)

    def _restart(self, code: int) -> str:
        """Try one start; return what happened. Without success there is no process."""
        self._end_process()
        try:
            self._run(self.connection)
        except _PortTaken:
            return f"Neo4j ended with code {code}; its port {self.connection.bolt_port} is taken by another program."
        except (GraphRefused, GraphUnavailable) as error:
            return f"Neo4j ended with code {code} and did not start again: {error}"
        return f"Neo4j ended with code {code} and was started again."


def jvm_flags(heap_mb: int) -> list[str]:
    """Return the options of the JVM.

    Measured: the serial collector takes two thirds of G1's CPU time here; a small first heap saves 60 MB; stopping at
    the first compiler starts in 9 s of CPU instead of 13, but a warm server then takes twice the time for each write.
    """
    heap = [f"-Xms{min(64, heap_mb)}m", f"-Xmx{heap_mb}m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"]
    return [*heap, "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"]  # else it warns


def await_answer(process: subprocess.Popen[bytes], info: ConnectionInfo) -> bool:
    """Wait until our server answers a query; False when it ended, or took too long."""
    deadline = time.monotonic() + START_SECONDS
    auth = (info.user, info.password)
    with GraphDatabase.driver(info.uri, auth=auth, connection_timeout=5, notifications_min_severity="OFF") as driver:
        while process.poll() is None and time.monotonic() < deadline:
            if ports.is_listening(info.bolt_port) and _answers(driver):
                return process.poll() is None
            time.sleep(0.1)
    return False


def _answers(driver: Driver) -> bool:
    try:
        with driver.session() as session:  # execute_query would wait, retry and log
            session.run("RETURN 1").consume()
    except AuthError:  # another server on our port, where ours cannot listen and will end
        time.sleep(1)
        return False
    except (DriverError, Neo4jError):
        return False
    return True
