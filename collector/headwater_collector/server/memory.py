"""Keeping the memory of a long-lived process low."""

import ctypes
import sys
from contextlib import suppress
from typing import Final

_M_MMAP_THRESHOLD: Final = -3
_LARGE: Final = 256 * 1024


def give_back_large_blocks() -> None:
    """Make blocks of 256 KiB and more go back to the system as soon as they are free, where the C library is glibc.

    By itself it learns from the first large body to keep such blocks, up to 32 MiB each: the highest memory under large
    bodies was 347 MiB with, and 294 MiB without that.
    """
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, _LARGE)
