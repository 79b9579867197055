"""The state of a real git work tree."""

import subprocess
from pathlib import Path

import pytest
from headwater_integrations.code_state import code_state, without_secrets


def _git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ("git", "-C", folder, *identity, *arguments), check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    _git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "train.py").write_text("fit()\n")
    _git(tmp_path, "add", ".")
    _git(tmp_path, "commit", "-q", "-m", "first")
    return tmp_path


def test_a_clean_tree(tree: Path) -> None:
    _git(tree, "remote", "add", "origin", "https://ann:s3cret@example.org/acme/ml.git?token=s3cret")
    state = code_state(tree / "jobs" / "train.py")
    assert state is not None
    assert state.commit == _git(tree, "rev-parse", "HEAD").strip()
    assert (state.branch, state.path) == ("main", "jobs/train.py")
    assert (state.dirty, state.diff_sha256, state.untracked_files) == (False, None, 0)
    location = state.location_facet()
    assert location is not None
    assert location.repoUrl == "https://example.org/acme/ml.git"
    assert "s3cret" not in repr(state)


def test_changes_and_new_files(tree: Path) -> None:
    (tree / "jobs" / "train.py").write_text("fit(seed=1)\n")
    (tree / "new.py").touch()
    first = code_state(tree / "jobs")
    (tree / "jobs" / "train.py").write_text("fit(seed=2)\n")
    second = code_state(tree / "jobs")
    assert first is not None
    assert second is not None
    assert (first.dirty, first.untracked_files) == (True, 1)
    assert first.diff_sha256 != second.diff_sha256
    assert first.state_facet().diffSha256 == first.diff_sha256
    assert first.location_facet() is None


def test_a_detached_head_has_no_branch(tree: Path) -> None:
    _git(tree, "checkout", "-q", "--detach")
    state = code_state(tree)
    assert state is not None
    assert (state.branch, state.path) == (None, ".")


def test_no_work_tree_and_no_commit(tmp_path: Path) -> None:
    assert code_state(tmp_path) is None
    _git(tmp_path, "init", "-q")
    assert code_state(tmp_path) is None


@pytest.mark.parametrize(
    ("remote", "clean"),
    [
        ("git@example.org:acme/ml.git", "git@example.org:acme/ml.git"),
        ("ssh://git@example.org:22/acme/ml.git", "ssh://example.org:22/acme/ml.git"),
        ("https://token@example.org/a#b", "https://example.org/a"),
        ("/srv/git/ml.git", "/srv/git/ml.git"),
    ],
)
def test_remotes_lose_their_secrets(remote: str, clean: str) -> None:
    assert without_secrets(remote) == clean
