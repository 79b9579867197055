"""Memory: idle, and with many connections that send bodies at the limit."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Final
from uuid import uuid4

import orjson
from rich.progress import Progress

from tests.benchmarks.report import Row
from tests.benchmarks.sender import Connection
from tests.benchmarks.served import Served, serving
from tests.benchmarks.workload import pipelines, run_event

ROOM = 1000
"""Bytes left free below the limit."""

RETRY_AFTER = 0.5
"""Pause before a refused event is sent again, in seconds; clients do so until it is taken."""

_RUN = "RUN-ID-OF-THIS-EVENT-0123456789-ABCD"


def memory(connections: int, limit: int, seconds: int, progress: Progress) -> list[Row]:
    """Measure the highest memory: idle, then with bodies that are one long text, and others of very many values."""
    with serving() as served:
        time.sleep(5)
        idle = served.usage()
        rows: list[Row] = [_row("idle", idle.collector_mb, idle.neo4j_mb, {})]
        for name, filler in _FILLERS.items():
            task = progress.add_task(name, total=None)
            with served.peak() as peak:
                advance: Callable[[], None] = lambda: progress.advance(task)  # noqa: B023, E731
                statuses = asyncio.run(_storm(served, connections, seconds, filler(limit - ROOM), advance))
            rows.append(_row(name, peak.collector_mb, peak.neo4j_mb, statuses))
        return rows


def _row(name: str, collector: float, neo4j: float, statuses: dict[str, int]) -> Row:
    answers = ", ".join(f"{count} x {status}" for status, count in sorted(statuses.items()))
    return {
        "load": name,
        "collector MB": collector,
        "neo4j MB": neo4j,
        "both MB": collector + neo4j,
        "answers": answers,
    }


def _event(padding: object) -> bytes:
    event = run_event(pipelines(1, 2)[0], "memory", _RUN, "COMPLETE", datetime.now(UTC))
    event["run"]["facets"]["padding"] = {"_producer": "https://example.org", "content": padding}
    return orjson.dumps(event)


def _text(size: int) -> bytes:
    return _event("x" * (size - len(_event(""))))


def _filled(element: bytes, size: int) -> bytes:
    """Return an event with an array of as many such elements as there is room for."""
    head, _, tail = _event([]).partition(b"[]")
    count = (size - len(head) - len(tail) - 2) // (len(element) + 1)
    return head + b"[" + b",".join([element] * count) + b"]" + tail


def _names(size: int) -> bytes:
    return _event({f"{number:06x}": 0 for number in range((size - len(_event({}))) // len('"000000":0,'))})


_FILLERS: Final[dict[str, Callable[[int], bytes]]] = {
    "long texts": _text,
    "integers": partial(_filled, b"7"),
    "floats": partial(_filled, b"0.5"),
    "nested arrays": partial(_filled, b"[[[]]]"),
    "objects": partial(_filled, b'{"a":0}'),
    "names": _names,
}


async def _storm(
    served: Served, connections: int, seconds: int, body: bytes, told: Callable[[], None]
) -> dict[str, int]:
    """Send new events over all connections until the time is up, each again until it is taken."""
    statuses: dict[str, int] = {}
    head, _, tail = body.partition(_RUN.encode())

    async def one() -> None:
        connection = Connection(served.host, served.port)
        while True:
            event, status = head + str(uuid4()).encode() + tail, "503"
            while status == "503":
                status = await _post(connection, event)
                statuses[status] = statuses.get(status, 0) + 1
                await asyncio.sleep(RETRY_AFTER if status == "503" else 0)
            told()

    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await asyncio.gather(*(one() for _ in range(connections)))
    return statuses


async def _post(connection: Connection, event: bytes) -> str:
    try:
        return str(await connection.post(event))
    except (OSError, asyncio.IncompleteReadError):
        # A server that is full may close before the body has come whole; what it answered is lost in that.
        await connection.close()
        return "503"
