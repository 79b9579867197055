"""The supervisor with cheap commands in the place of the JVM."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from headwater_graph.local_neo4j import supervise

SLEEP = "import time; time.sleep(600)"
STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); {SLEEP}"


def start(folder: Path, code: str, grace: float = 60) -> subprocess.Popen[bytes]:
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


def child_of(folder: Path, limit: float = 60) -> int:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        if (folder / "pid").exists() and (text := (folder / "pid").read_text()):
            return int(text)
        time.sleep(0.02)
    raise AssertionError("no child")


def gone(pid: int, limit: float = 60) -> bool:
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


def close(process: subprocess.Popen[bytes]) -> int:
    assert process.stdin
    assert process.stdout
    process.stdin.close()
    code = process.wait(60)
    process.stdout.close()
    return code


def test_end_of_input_ends_the_child(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEP)
    child = child_of(tmp_path)
    assert close(process) == 128 + 15
    assert gone(child)
    assert not (tmp_path / "pid").exists()


def test_stubborn_child_is_killed(tmp_path: Path) -> None:
    process = start(tmp_path, STUBBORN, grace=0.2)
    assert process.stdout
    process.stdout.readline()
    child = child_of(tmp_path)
    assert close(process) == 128 + 9
    assert gone(child)


def test_exit_code_of_the_child_is_reported(tmp_path: Path) -> None:
    process = start(tmp_path, "raise SystemExit(7)")
    assert process.wait(60) == 7
    close(process)


def test_terminated_supervisor_ends_the_child(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEP)
    child = child_of(tmp_path)
    process.terminate()
    assert process.wait(60) == 128 + 15
    assert gone(child)
    close(process)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="PR_SET_PDEATHSIG is of Linux; the next start cleans up"
)
def test_killed_supervisor_takes_the_child_with_it(tmp_path: Path) -> None:
    process = start(tmp_path, SLEEP)
    child = child_of(tmp_path)
    process.kill()
    assert gone(child)
    close(process)
