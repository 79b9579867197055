"""Putting a store that was built beside the one in use in its place, so that a crash at any moment leaves one of both.

neo4j                 the one in use
neo4j.replay          being built; worth nothing once nobody works on it
neo4j.replayed        built; from here on it is the one to use, and takes its place at the next chance
neo4j.before-replay   the one that was in use, kept because it differs
neo4j.discarded       being removed
"""

import os
import shutil
from pathlib import Path


def being_built(folder: Path) -> Path:
    """Return the folder where the successor of the store in `folder` is built."""
    return folder.with_name(f"{folder.name}.replay")


def kept_before(folder: Path) -> Path:
    """Return the folder where the store that was in use before the last replay is kept, if it is."""
    return folder.with_name(f"{folder.name}.before-replay")


def swap_in(folder: Path) -> None:
    """Put the store that was built in the place of the one in use, which is kept; both must be closed."""
    discard(kept_before(folder))
    _rename(being_built(folder), _built(folder))
    recover_swap(folder)


def recover_swap(folder: Path) -> Path:
    """Finish what a crash cut off and return the folder of the store in use; call it before that store is opened."""
    if _built(folder).exists():
        if folder.exists():
            _rename(folder, kept_before(folder))
        _rename(_built(folder), folder)
    shutil.rmtree(_discarded(folder), ignore_errors=True)
    return folder


def discard(folder: Path) -> None:
    """Remove a store as a whole, or not at all, if it is there."""
    gone = _discarded(folder)
    shutil.rmtree(gone, ignore_errors=True)
    if folder.exists():
        _rename(folder, gone)
        shutil.rmtree(gone)


def _built(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.replayed")


def _discarded(folder: Path) -> Path:
    return folder.with_name(f"{folder.name.partition('.')[0]}.discarded")


def _rename(old: Path, new: Path) -> None:
    old.rename(new)
    handle = os.open(new.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
