"""A Neo4j of another version than the managed one, for the tests: from Maven Central, run by the `java` on PATH."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from headwater_graph.local_neo4j import ConnectionInfo, folder, supervise
from headwater_graph.local_neo4j.provision import default_cache_dir
from headwater_graph.local_neo4j.server import STOP_SECONDS, await_answer

PAGE_CACHE_MB = 128


@contextmanager
def other_neo4j(version: str, home: Path) -> Iterator[ConnectionInfo]:
    """Run a Neo4j Community 5 of this version in a folder, on loopback; downloads 170 MB once. Needs Java 17 or 21."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
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
            env={**os.environ, "CLASSPATH": os.pathsep.join(_jars(version))},
            stdout=console,
            stderr=subprocess.STDOUT,
        )
    try:
        assert await_answer(process, info), f"Neo4j {version} did not start: {folder.last_log_lines(home, 0)}"
        yield info
    finally:
        assert process.stdin
        process.stdin.close()
        process.wait(STOP_SECONDS + 10)


def _jars(version: str) -> list[str]:
    """Return the jars of the server, each downloaded once per user."""
    from jgo.maven import MavenContext, PythonResolver

    cache = default_cache_dir() / "tests" / "maven"
    listed = cache / f"neo4j-{version}.classpath"
    if not listed.exists():
        context = MavenContext(repo_cache=cache, resolver=PythonResolver(), timeout=60)
        inputs, others = context.resolver.resolve([context.create_dependency(f"org.neo4j:neo4j:{version}")])
        jars = [str(each.artifact.resolve()) for each in [*inputs, *others]]
        listed.write_text("\n".join(jars), encoding="utf-8")
    return listed.read_text(encoding="utf-8").splitlines()
