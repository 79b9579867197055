"""Waiting for other threads and processes: as long as a machine may need that is slow, busy or stands still a while."""

import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

PATIENCE: Final = 900.0
"""Seconds for anything that must happen."""

REFUSAL: Final = 150.0
"""Seconds within which a command that must be refused has ended; if it is not, it would run for ever."""


def wait_until(condition: Callable[[], object], what: str = "what must happen", patience: float = PATIENCE) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        time.sleep(0.02)


@contextmanager
def killed_after(process: "subprocess.Popen[Any]", patience: float = PATIENCE) -> Iterator[None]:
    """Kill the process if the block takes longer, so that whoever reads what it says comes to an end."""
    timer = threading.Timer(patience, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        timer.join()


def run_to_end(*command: str, patience: float = PATIENCE, **options: Any) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end and return what it printed; tell it, too, if the command does not end."""
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=patience, check=False, **options)
    except subprocess.TimeoutExpired as late:
        said = b"\n".join(part if isinstance(part, bytes) else b"" for part in (late.stdout, late.stderr))
        line = " ".join(command)
        raise AssertionError(f"{line}: not ended after {patience:.0f} s\n{said.decode(errors='replace')}") from None
