"""The supervisor with cheap commands in the place of the JVM."""

import subprocess
import sys
from pathlib import Path

import pytest
from headwater_graph.local_neo4j import supervise
from headwater_graph.local_neo4j.folder import runs

from tests.waiting import PATIENCE, wait_until

SLEEP = "import time; time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); {SLEEP}"


def start(folder: Path, code: str, grace: float = PATIENCE) -> subprocess.Popen[bytes]:
    assert supervise.__file__
    command = [
        sys.executable,
        "-I",
        "-S",
        supervise.__file__,
        str(folder / "pid"),
        str(grace),
        sys.executable,
        "-c",
        code,
    ]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True)


def child_of(folder: Path) -> int:
    pid = folder / "pid"
    wait_until(lambda: pid.exists() and pid.read_text(), "a child")
    return int(pid.read_text())


def wait_gone(pid: int) -> None:
    wait_until(lambda: not runs(pid), "the child to end")


def close(process: subprocess.Popen[bytes]) -> int:
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    code = process.wait(PATIENCE)
    process.stdout.close()
    return code


def test_end_of_input_ends_the_child(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEP)
    child = child_of(tmp_path)
    assert close(process) == 128 + 15
    wait_gone(child)
    assert not (tmp_path / "pid").exists()


def test_stubborn_child_is_killed(tmp_path: Path) -> None:
    process = start(tmp_path, STUBBORN, grace=0.2)
    assert process.stdout
    process.stdout.readline()
    child = child_of(tmp_path)
    assert close(process) == 128 + 9
    wait_gone(child)


def test_exit_code_of_the_child_is_reported(tmp_path: Path) -> None:
    process = start(tmp_path, "raise SystemExit(7)")
    assert process.wait(PATIENCE) == 7
    close(process)


def test_terminated_supervisor_ends_the_child(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEP)
    child = child_of(tmp_path)
    process.terminate()
    assert process.wait(PATIENCE) == 128 + 15
    wait_gone(child)
    close(process)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="PR_SET_PDEATHSIG is of Linux; the next start cleans up"
)
def test_killed_supervisor_takes_the_child_with_it(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEP)
    child = child_of(tmp_path)
    process.kill()
    wait_gone(child)
    close(process)
