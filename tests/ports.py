"""Ports for servers that tests start as processes of their own."""

from typing import Final

from headwater_graph.local_neo4j.port import reserve

FIRST: Final = 21_000
"""Below the ports that systems give to clients: nobody comes by one by chance while its server is started again."""

_RESERVED: Final[list[int]] = []
"""What holds the reservations, to the end of this process."""


def free_port() -> int:
    """Return a port of loopback on which nobody listens, and which no other test is given."""
    port, reservation = reserve(FIRST)
    _RESERVED.append(reservation)
    return port
