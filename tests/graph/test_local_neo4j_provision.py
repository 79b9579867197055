"""What is downloaded, verified and repaired; against a repository on loopback that serves the real jars."""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from headwater_graph.errors import GraphRefused, GraphUnavailable
from headwater_graph.local_neo4j import Progress, provision
from headwater_graph.local_neo4j.lock import Jar, locked_jars, neo4j_version, parse_lock

from tests.waiting import PATIENCE

SMALL = sorted(locked_jars(), key=lambda jar: jar.size)[:8]


class Repository(ThreadingHTTPServer):
    """A Maven repository over the user's cache; counts what was asked for."""

    def __init__(self, lib: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lib, self.asked, self.content = lib, Counter[str](), dict[str, bytes]()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/maven2"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Repository)
        name = self.path.rpartition("/")[2]
        self.server.asked[name] += 1
        path = self.server.lib / name
        found = name in self.server.content or path.is_file()
        body = (self.server.content.get(name) or path.read_bytes()) if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="session")
def user_lib() -> Path:
    return provision()


@pytest.fixture
def repository(user_lib: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Repository]:
    with Repository(user_lib) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        monkeypatch.setenv("HEADWATER_MAVEN_URL", server.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def cache(user_lib: Path, tmp_path: Path) -> Path:
    """A cache of its own with all jars, linked."""
    lib = lib_of(tmp_path / "cache")
    lib.mkdir(parents=True)
    for jar in locked_jars():
        try:
            os.link(user_lib / jar.filename, lib / jar.filename)
        except OSError:  # another file system
            shutil.copy(user_lib / jar.filename, lib / jar.filename)
    return tmp_path / "cache"


def lib_of(cache: Path) -> Path:
    return cache / f"neo4j-{neo4j_version()}" / "lib"


def spoil(path: Path, content: bytes) -> None:
    path.unlink()
    path.write_bytes(content)


def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setattr(sys.modules[provision.__module__], "PAUSES", (0,))


def test_full_cache_needs_no_network(cache: Path, repository: Repository) -> None:
    assert provision(cache) == lib_of(cache)
    assert not repository.asked


def test_missing_jars_are_downloaded_with_progress(cache: Path, repository: Repository) -> None:
    for jar in SMALL:
        (lib_of(cache) / jar.filename).unlink()
    seen: list[Progress] = []
    provision(cache, seen.append)
    total = sum(jar.size for jar in SMALL)
    assert seen[0] == Progress(0, len(SMALL), 0, total)
    assert seen[-1] == Progress(len(SMALL), len(SMALL), total, total)
    assert [item.bytes for item in seen] == sorted(item.bytes for item in seen)
    assert {path.name for path in lib_of(cache).parent.iterdir()} == {"lib", "lock"}


def test_real_maven_central_serves_what_is_pinned(cache: Path) -> None:
    (lib_of(cache) / SMALL[0].filename).unlink()
    provision(cache)
    assert (lib_of(cache) / SMALL[0].filename).stat().st_size == SMALL[0].size


def test_corrupted_jar_is_repaired(cache: Path, repository: Repository) -> None:
    path = lib_of(cache) / SMALL[0].filename
    good = path.read_bytes()
    spoil(path, bytes(len(good)))
    provision(cache)
    assert path.read_bytes() == good


def test_corrupted_jar_without_network_is_one_sentence(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoil(lib_of(cache) / SMALL[0].filename, b"")
    offline(monkeypatch)
    with pytest.raises(GraphUnavailable, match=r"check the network.*HEADWATER_NEO4J_URI") as caught:
        provision(cache)
    assert SMALL[0].coordinate in str(caught.value)
    assert "\n" not in str(caught.value)


def test_jar_that_is_not_what_is_pinned_is_not_installed(cache: Path, repository: Repository) -> None:
    path = lib_of(cache) / SMALL[0].filename
    path.unlink()
    repository.content[path.name] = b"something else"
    with pytest.raises(GraphRefused, match=r"SHA-256.*is pinned.*HEADWATER_NEO4J_URI"):
        provision(cache)
    assert not path.exists()


def test_leftover_of_a_killed_download_is_no_jar(cache: Path, repository: Repository) -> None:
    (lib_of(cache) / SMALL[0].filename).unlink()
    leftover = lib_of(cache).parent / "download-killed"
    leftover.mkdir()
    (leftover / SMALL[0].filename).write_bytes(b"half")
    provision(cache)
    assert not leftover.exists()
    assert (lib_of(cache) / SMALL[0].filename).stat().st_size == SMALL[0].size


def test_processes_at_once_download_once(cache: Path, repository: Repository) -> None:
    for jar in SMALL:
        (lib_of(cache) / jar.filename).unlink()
    code = (
        "import sys, pathlib; from headwater_graph.local_neo4j import provision; provision(pathlib.Path(sys.argv[1]))"
    )
    processes = [subprocess.Popen([sys.executable, "-c", code, str(cache)]) for _ in range(3)]
    assert [process.wait(PATIENCE) for process in processes] == [0, 0, 0]
    assert {repository.asked[jar.filename] for jar in SMALL} == {1}


def test_folder_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GraphRefused, match="HEADWATER_CACHE_DIR"):
        provision(tmp_path / "file")


def test_lock_lines() -> None:
    assert parse_lock("# made by hand\n\nab 12 org.x:y:1\ncd 3 org.x:z:2:linux-x86_64\n") == (
        Jar("ab", 12, "org.x", "y", "1"),
        Jar("cd", 3, "org.x", "z", "2", "linux-x86_64"),
    )
    assert parse_lock("cd 3 org.x:z:2:linux-x86_64")[0].filename == "z-2-linux-x86_64.jar"
    assert parse_lock("cd 3 org.x:z:2:linux-x86_64")[0].coordinate == "org.x:z:2:linux-x86_64"


def test_lock_file_pins_every_jar_once() -> None:
    jars = locked_jars()
    assert len({jar.filename for jar in jars}) == len(jars)
    assert all(len(jar.sha256) == 64 and jar.size > 0 for jar in jars)
