"""Finding the managed Neo4j that another process runs on a folder."""

import fcntl
from pathlib import Path

from headwater_graph.local_neo4j.folder import USER, end_leftover, give_back, take
from headwater_graph.local_neo4j.server import ConnectionInfo


def running(folder: Path) -> ConnectionInfo | None:
    """Return where the Neo4j of the folder answers, None if no process runs it; it may still be starting."""
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return _connection(folder)
    return None


def await_end(folder: Path) -> None:
    """Return when no JVM is left that a process, killed since, ran on the folder.

    Raises `GraphRefused` if that process lives.
    """
    if folder.exists():
        lock = take(folder)
        end_leftover(folder)
        give_back(lock)


def _connection(folder: Path) -> ConnectionInfo | None:
    try:
        settings = dict(line.split("=", 1) for line in (folder / "conf" / "neo4j.conf").read_text("utf-8").splitlines())
        address, password = settings["server.bolt.listen_address"], (folder / "password").read_text("utf-8").strip()
    except (FileNotFoundError, KeyError, ValueError):
        return None  # it starts for the first time and has not got as far
    return ConnectionInfo(f"bolt://{address}", USER, password, int(address.rpartition(":")[2]))
