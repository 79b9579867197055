"""A free port on loopback that no other Headwater of this user is about to take."""

import fcntl
import os
import socket
import tempfile
from pathlib import Path

from headwater_graph.errors import GraphRefused

TRIES = 200


def reserve(preferred: int, above: int = 0) -> tuple[int, int]:
    """Return the first free port from `preferred` on that is greater than `above`, and a descriptor that reserves it.

    The reservation keeps other Headwaters away while the JVM takes seconds to bind; close the descriptor to give it up.
    """
    for port in range(max(preferred, above + 1), min(preferred + TRIES, 65536)):
        handle = _reserve(port)
        if handle is None:
            continue
        if is_free(port):
            return port, handle
        os.close(handle)
    raise GraphRefused(f"No free port for Neo4j from {preferred} to {preferred + TRIES - 1} on 127.0.0.1.")


def is_free(port: int) -> bool:
    """Say whether a server could listen on that port of loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return not is_listening(port)


def is_listening(port: int) -> bool:
    """Say whether somebody accepts connections on that port of loopback."""
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0


def _reserve(port: int) -> int | None:
    folder = Path(tempfile.gettempdir()) / f"headwater-ports-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / str(port), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        return None
    return handle
