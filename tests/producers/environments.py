"""Virtual environments of producers: made by uv from pinned requirements, and kept in the cache for the next time.

`requirements/NAME.in` says what is wanted, `requirements/NAME.txt` pins all of it:
`uv pip compile --universal --python-version 3.11 --no-annotate --no-header NAME.in -o NAME.txt`.
"""

import ast
import fcntl
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from headwater_graph.local_neo4j import default_cache_dir
from uv import find_uv_bin

REQUIREMENTS: Final = Path(__file__).with_name("requirements")

_UV_NAMES: Final = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "trusted-host": "UV_INSECURE_HOST",
    "no-index": "UV_NO_INDEX",
    "timeout": "UV_HTTP_TIMEOUT",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "cert": "SSL_CERT_FILE",
    "proxy": "ALL_PROXY",
}
"""The variables of uv for what can be configured of pip."""
PATIENT: Final = {"UV_HTTP_RETRIES": "10", "UV_HTTP_TIMEOUT": "120", "UV_CONCURRENT_DOWNLOADS": "8"}
"""How uv downloads if nothing else is set: it tries again, each time after a longer pause."""
_SEPARATORS: Final = {"UV_FIND_LINKS": ","}
_PRECEDENCE: Final = ("global", "install", ":env:")
_BUILT: Final = ("pyspark",)
"""What is published as source only; its build takes 20 seconds and compiles nothing."""


def cache() -> Path:
    """Return the folder that keeps environments and jars between runs of the tests."""
    return default_cache_dir() / "producers"


def environment(name: str) -> Path:
    """Return the folder of the commands of a producer's environment; make it if it is not there yet."""
    requirements = REQUIREMENTS / f"{name}.txt"
    digest = hashlib.sha256(requirements.read_bytes() + f"{sys.executable} {sys.version}".encode()).hexdigest()
    folder = cache() / f"{name}-{digest[:12]}"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _alone(folder.with_suffix(".lock")):
        if not (folder / "ready").exists():
            _uv("venv", "--clear", "--python", sys.executable, str(folder))
            built = [option for package in _BUILT for option in ("--no-binary", package)]
            given = ["--no-deps", "--only-binary", ":all:", *built, "--requirements", str(requirements)]
            _uv("pip", "install", "--python", str(folder / "bin" / "python"), *given)
            (folder / "ready").touch()
    return folder / "bin"


def _uv(*arguments: str) -> None:
    command = (find_uv_bin(), "--quiet", "--no-config", *arguments)
    settings = {**PATIENT, **uv_settings(_pip_settings()), **os.environ}
    done = subprocess.run(command, env=settings, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}{done.stderr}"


def _pip_settings() -> str:
    """Return what pip is configured to do here, by files and by variables; nothing if there is no pip."""
    command = (sys.executable, "-m", "pip", "config", "list")
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def uv_settings(listed: str) -> Mapping[str, str]:
    """Return the variables that make uv use the same package index as pip, from the output of `pip config list`."""
    found: dict[tuple[int, str], str] = {}
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        variable = _UV_NAMES.get(name)
        if variable and section in _PRECEDENCE:
            words = [word for word in str(ast.literal_eval(value)).split() if _is_there(variable, word)]
            found[_PRECEDENCE.index(section), variable] = _SEPARATORS.get(variable, " ").join(words)
    return {variable: value for (_, variable), value in sorted(found.items()) if value}


def _is_there(variable: str, word: str) -> bool:
    # pip looks past a folder that does not exist, uv does not.
    return variable != "UV_FIND_LINKS" or "://" in word or Path(word).is_dir()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
