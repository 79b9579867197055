"""The data folder: private, and for one server at a time."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import platformdirs
import pytest
from headwater_collector.data_folder import DataFolder
from headwater_collector.errors import SetupError

HOLD = """
import sys
from pathlib import Path
from headwater_collector.data_folder import DataFolder
with DataFolder(Path(sys.argv[1])).lock():
    print("held", flush=True)
    sys.stdin.read()
"""


def test_it_is_made_and_private(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path / "a" / "b")
    assert stat.S_IMODE(folder.path.stat().st_mode) == 0o700
    assert {path.parent for path in (folder.log, folder.index, folder.keys, folder.neo4j)} == {folder.path}


def test_the_default_is_the_users_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert DataFolder().path == platformdirs.user_data_path("headwater", appauthor=False)


def test_a_file_in_its_place(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SetupError, match="HEADWATER_DATA_DIR"):
        DataFolder(tmp_path / "file")


def test_a_second_server_is_told_who_holds_it(tmp_path: Path) -> None:
    folder = DataFolder(tmp_path)
    with _hold(tmp_path) as holder:
        assert folder.holder() == holder.pid
        with pytest.raises(SetupError, match=f"(?s){tmp_path}.*process {holder.pid}.*--data-dir"), folder.lock():
            pass
        holder.communicate("")
    assert folder.holder() is None
    with folder.lock():
        assert DataFolder(tmp_path).holder() == os.getpid()


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_killed_server_holds_nothing(tmp_path: Path) -> None:
    with _hold(tmp_path) as holder:
        holder.kill()
    folder = DataFolder(tmp_path)
    assert folder.holder() is None
    with folder.lock():
        pass


def test_locked_twice_in_one_process(tmp_path: Path) -> None:
    first, second = DataFolder(tmp_path), DataFolder(tmp_path)
    with first.lock(), pytest.raises(SetupError, match=f"process {os.getpid()}"), second.lock():
        pass


def _hold(path: Path) -> subprocess.Popen[str]:
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder
