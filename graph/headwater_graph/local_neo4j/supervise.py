"""The process between Headwater and the JVM: it ends the JVM when Headwater is gone, however it died.

Run by path with nothing but the standard library: `python -I -S supervise.py PIDFILE GRACE java ...`. Standard input
is a pipe that Headwater holds open; its end (or a new parent process) means that Headwater is gone or wants the JVM to
stop: TERM, and KILL after GRACE seconds. If this process itself is killed, Linux kills the JVM (PR_SET_PDEATHSIG).
"""

import ctypes
import os
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

PR_SET_PDEATHSIG = 1


def _die_with(parent: int) -> Callable[[], None] | None:
    if not sys.platform.startswith("linux"):
        return None
    prctl = ctypes.CDLL(None).prctl  # loaded before the fork: little is safe after it

    def arm() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)

    return arm


def _wait(child: subprocess.Popen[bytes], wakeup: int) -> None:
    """Return when the child has ended, or shall end."""
    parent = os.getppid()
    while child.poll() is None:
        ready, _, _ = select.select([sys.stdin.fileno(), wakeup], [], [], 1)
        if sys.stdin.fileno() in ready or os.getppid() != parent:
            return
        if wakeup in ready and set(os.read(wakeup, 64)) - {signal.SIGCHLD}:
            return


def _end(child: subprocess.Popen[bytes], grace: float) -> None:
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(grace)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def main(pid_file: Path, grace: float, command: list[str]) -> int:
    """Run the command until it ends or Headwater does; return its exit code."""
    os.umask(0o077)
    wakeup, writer = os.pipe()
    os.set_blocking(writer, False)
    signal.set_wakeup_fd(writer)
    for number in (signal.SIGCHLD, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: None)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, preexec_fn=_die_with(os.getpid()))
    pid_file.write_text(str(child.pid))
    _wait(child, wakeup)
    _end(child, grace)
    pid_file.unlink(missing_ok=True)
    return child.returncode if child.returncode >= 0 else 128 - child.returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), float(sys.argv[2]), sys.argv[3:]))
