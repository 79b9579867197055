"""Connecting to Neo4j, and what there is at the other end."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

import neo4j

from headwater_graph.driver_errors import graph_errors
from headwater_graph.errors import GraphRefused

OLDEST: Final = (5, 26)
"""The oldest version of Neo4j whose Cypher is used."""

_FACTS: Final = """
CALL dbms.components() YIELD name, versions, edition
WITH versions[0] AS version, edition WHERE name = 'Neo4j Kernel'
RETURN version, edition, datetime.realtime() AS now
"""
_CONSTRAINTS: Final = "SHOW CONSTRAINTS YIELD name RETURN collect(name) AS names"


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What a Neo4j says of itself."""

    version: str
    edition: str
    clock_ahead_seconds: float
    """How much its clock is ahead of ours; behind if negative."""
    constraints: tuple[str, ...]
    """Names of the constraints of the database."""


def connect(uri: str, user: str, password: str) -> neo4j.Driver:
    """Return a driver, which connects when it is first used; close it. Raises `GraphRefused` for a wrong address.

    Gives up on a server that is away within seconds: whoever waits for it, waits with the way out in sight.
    """
    try:
        return neo4j.GraphDatabase.driver(
            uri,
            auth=(user, password),
            notifications_min_severity="OFF",
            connection_timeout=5,
            connection_acquisition_timeout=10,
            max_transaction_retry_time=5,
            user_agent="headwater",
        )
    except (neo4j.exceptions.ConfigurationError, ValueError) as error:
        raise GraphRefused(f"{address_of(uri)} cannot be used as HEADWATER_NEO4J_URI: {error}") from None


def server_facts(driver: neo4j.Driver, database: str | None = None) -> ServerFacts:
    """Ask the server for its version, clock and constraints.

    Raises `GraphUnavailable` if it does not answer, `GraphRefused` if it does not let us in or is too old.
    """
    with graph_errors(), driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session:
        before = time.time()
        record = session.run(_FACTS).single(strict=True)
        moment = (before + time.time()) / 2
        constraints = session.run(_CONSTRAINTS).single(strict=True)["names"]
    _refuse_old(record["version"])
    ahead = _seconds(record["now"]) - moment
    return ServerFacts(record["version"], record["edition"], ahead, tuple(sorted(constraints)))


def address_of(uri: str) -> str:
    """Return the URI without user and password, to be shown."""
    parts = urlsplit(uri)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _seconds(moment: Any) -> float:
    native: datetime = moment.to_native()
    return native.astimezone(UTC).timestamp()


def _refuse_old(version: str) -> None:
    numbers = tuple(int(part) for part in version.split("-")[0].split(".")[:2] if part.isdecimal())
    if numbers < OLDEST:
        raise GraphRefused(f"This Neo4j is version {version}: Headwater needs {'.'.join(map(str, OLDEST))} or newer.")
