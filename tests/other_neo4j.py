"""A Neo4j of another version than the managed one, for the tests: from Maven Central, run by the `java` on PATH."""

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import rmtree
from typing import Final

from headwater_graph.local_neo4j import ConnectionInfo, folder, supervise
from headwater_graph.local_neo4j.provision import default_cache_dir
from headwater_graph.local_neo4j.server import STOP_SECONDS, await_answer

from tests.ports import free_port
from tests.waiting import PATIENCE

PAGE_CACHE_MB: Final = 128
PAUSES: Final = (2, 5, 15, 30)
"""Seconds before the download is tried again."""


@contextmanager
def other_neo4j(version: str, home: Path) -> Iterator[ConnectionInfo]:
    """Run a Neo4j Community 5 of this version in a folder, on loopback; downloads 170 MB once. Needs Java 17 or 21."""
    jars = _jars(version)
    port = free_port()
    folder.configure(home, port, PAGE_CACHE_MB)
    with (home / "conf" / "neo4j.conf").open("a", encoding="utf-8") as settings:
        settings.write("server.config.strict_validation.enabled=false\n")  # some of ours are of newer versions
    info = ConnectionInfo(f"bolt://127.0.0.1:{port}", folder.USER, folder.password(home), port)
    # As with the managed one, no JVM is left behind however this process ends.
    command = [sys.executable, supervise.__file__, str(home / "jvm.pid"), str(STOP_SECONDS)]
    command += ["java", "-Xmx512m", "-XX:+UseSerialGC", "org.neo4j.server.CommunityEntryPoint"]
    with (home / "logs" / "console.log").open("wb") as console:
        process = subprocess.Popen(
            [*command, f"--home-dir={home}", f"--config-dir={home / 'conf'}"],
            stdin=subprocess.PIPE,
            env={**os.environ, "CLASSPATH": os.pathsep.join(jars)},
            stdout=console,
            stderr=subprocess.STDOUT,
        )
    try:
        assert await_answer(process, info), f"Neo4j {version} did not start: {folder.last_log_lines(home, 0)}"
        yield info
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(PATIENCE)


def _jars(version: str) -> list[str]:
    """Return the jars of the server, each downloaded once per user."""
    cache = default_cache_dir() / "tests" / f"neo4j-{version}"
    listed = cache / "classpath"
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not listed.exists():
            jars = _downloaded(version, cache / "maven")
            listed.write_text("\n".join(jars), encoding="utf-8")
    return listed.read_text(encoding="utf-8").splitlines()


def _downloaded(version: str, repository: Path) -> list[str]:
    """Download the jars; what breaks off is begun anew, for a part of a file would be taken for the file."""
    from jgo.maven import MavenContext, PythonResolver
    from requests import RequestException

    for pause in (*PAUSES, 0):
        try:
            context = MavenContext(repo_cache=repository, resolver=PythonResolver(), timeout=60)
            inputs, others = context.resolver.resolve([context.create_dependency(f"org.neo4j:neo4j:{version}")])
            return [str(each.artifact.resolve()) for each in [*inputs, *others]]
        except (RequestException, RuntimeError):
            if not pause:
                raise
            rmtree(repository, ignore_errors=True)
            time.sleep(pause)
    raise AssertionError("unreachable")
