"""Exclusive locks on open files; the system lets go of them when the process ends, however it ends."""

import sys
from typing import IO

if sys.platform == "win32":
    import msvcrt

    # Locks are mandatory there: one far beyond the text leaves the text readable.
    _FAR = 1 << 30

    def try_lock(file: IO[str]) -> bool:
        """Lock the open file for this process without waiting; False if another holder has it."""
        try:
            wait_for_lock(file, msvcrt.LK_NBLCK)
        except OSError:
            return False
        return True

    def wait_for_lock(file: IO[str], mode: int = msvcrt.LK_LOCK) -> None:
        """Lock the open file for this process, once the holder has let go of it."""
        file.seek(_FAR)
        msvcrt.locking(file.fileno(), mode, 1)
        file.seek(0)

else:
    import fcntl

    def try_lock(file: IO[str]) -> bool:
        """Lock the open file for this process without waiting; False if another holder has it."""
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def wait_for_lock(file: IO[str]) -> None:
        """Lock the open file for this process, once the holder has let go of it."""
        fcntl.flock(file, fcntl.LOCK_EX)
