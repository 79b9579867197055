"""The state of the source code that runs: which commit, and how it differs from it."""

import os
import subprocess
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from openlineage.client.facet_v2 import source_code_location_job

from headwater_integrations.facets import CodeStateRunFacet

_TIMEOUT = 10


@dataclass(frozen=True, slots=True)
class CodeState:
    """A state of a git work tree. `repository` holds no user, password or query."""

    commit: str
    branch: str | None
    repository: str | None
    path: str
    """Path inside the repository, ``.`` for its root."""
    dirty: bool
    diff_sha256: str | None
    untracked_files: int

    def location_facet(self) -> source_code_location_job.SourceCodeLocationJobFacet | None:
        """Return the ``sourceCodeLocation`` job facet, or None without a remote: that facet requires an address."""
        if self.repository is None:
            return None
        return source_code_location_job.SourceCodeLocationJobFacet(
            type="git",
            url=self.repository,
            repoUrl=self.repository,
            path=self.path,
            version=self.commit,
            branch=self.branch,
        )

    def state_facet(self) -> CodeStateRunFacet:
        """Return the ``headwater_codeState`` run facet."""
        return CodeStateRunFacet(dirty=self.dirty, diffSha256=self.diff_sha256, untrackedFiles=self.untracked_files)


def code_state(path: Path) -> CodeState | None:
    """Return the state of the git work tree around a file or folder, or None without git, commit or work tree."""
    folder = path if path.is_dir() else path.parent
    commit = _text(folder, "rev-parse", "--verify", "HEAD")
    root = _text(folder, "rev-parse", "--show-toplevel")
    diff = _git(folder, "diff", "--no-ext-diff", "--no-textconv", "--binary", "HEAD")
    if commit is None or root is None or diff is None:
        return None
    untracked = _git(Path(root), "ls-files", "--others", "--exclude-standard", "-z") or b""
    remote = _text(folder, "config", "--get", "remote.origin.url")
    return CodeState(
        commit=commit,
        branch=_text(folder, "symbolic-ref", "--short", "-q", "HEAD"),
        repository=without_secrets(remote) if remote else None,
        path=os.path.relpath(path.resolve(), Path(root).resolve()),
        dirty=bool(diff),
        diff_sha256=sha256(diff).hexdigest() if diff else None,
        untracked_files=untracked.count(b"\0"),
    )


def without_secrets(remote: str) -> str:
    """Return a remote's address without user, password, query and fragment; ``git@host:path`` has none and stays."""
    if "://" not in remote:
        return remote
    parts = urlsplit(remote)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _text(folder: Path, *arguments: str) -> str | None:
    output = _git(folder, *arguments)
    return output.decode(errors="replace").strip() or None if output is not None else None


def _git(folder: Path, *arguments: str) -> bytes | None:
    # Read only: no lock on the index, so a run never disturbs what the user does in the same tree.
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    command = ("git", "-C", str(folder), *arguments)
    try:
        done = subprocess.run(command, capture_output=True, check=False, timeout=_TIMEOUT, env=environment)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
