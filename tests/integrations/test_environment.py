"""The environment facet says what this process really has."""

import platform
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from headwater_integrations.environment import environment


def test_it_names_python_and_packages() -> None:
    facet = environment()
    packages = {p.name.lower(): p.version for p in facet.packages or []}
    assert facet.python == platform.python_version()
    assert packages["openlineage-python"] == version("openlineage-python")
    assert list(packages) == sorted(packages)


def test_the_lock_file_is_named_by_its_digest(tmp_path: Path) -> None:
    lock = tmp_path / "uv.lock"
    lock.write_bytes(b"numpy==2.4.5\n")
    facet = environment(lock_file=lock, image="registry/train@sha256:1")
    assert facet.lockSha256 == sha256(b"numpy==2.4.5\n").hexdigest()
    assert facet.image == "registry/train@sha256:1"
