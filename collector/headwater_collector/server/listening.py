"""The socket that the server listens on; a busy port is stepped over where nobody asked for that very port."""

import errno
import socket
from typing import Final

from headwater_collector.errors import SetupError

TRIES: Final = 50
"""How many ports are tried."""


def listen(host: str, port: int, *, step_over_busy: bool) -> socket.socket:
    """Return a socket that listens; raises `SetupError` if the address cannot be had."""
    last = port + TRIES if step_over_busy and port else port + 1
    for candidate in range(port, min(last, 65_536)):
        try:
            return _bound(host, candidate)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SetupError(
                    f"Headwater cannot listen on {host}:{candidate} ({error.strerror or error}): "
                    "choose another address with --host and --port."
                ) from error
    raise SetupError(f"Port {port} of {host} is in use: stop what runs there, or choose another port with --port.")


def url_of(sock: socket.socket) -> str:
    """Return the URL under which the socket is reached from this machine or, if it has one, by its own address."""
    host, port = sock.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104
        host = "localhost"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _bound(host: str, port: int) -> socket.socket:
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    # A large backlog: a thousand senders may come in the same moment.
    return socket.create_server((host, port), family=family, backlog=2048, reuse_port=False)
