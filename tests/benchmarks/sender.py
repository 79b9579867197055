"""A sender that costs little: ready-made bodies over keep-alive connections, one request after another on each."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

RETRY_AFTER = 0.05
"""Pause before a body that was answered with 503 is sent again, in seconds."""


@dataclass(slots=True)
class Sent:
    """What came back: seconds per answer, and how often each status came."""

    seconds: list[float] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)

    def percentile(self, percent: float) -> float:
        """Return that percentile of the answers' times in milliseconds."""
        ordered = sorted(self.seconds)
        return 1000 * ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))] if ordered else 0.0


class Connection:
    """One keep-alive connection to the server."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def post(self, body: bytes) -> int:
        """Send an event and return the status of the answer."""
        head = f"POST /api/v1/lineage HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
        status, _ = await self._exchange(f"{head}Content-Length: {len(body)}\r\n\r\n".encode(), body)
        return status

    async def get(self, path: str, **query: str) -> tuple[int, bytes]:
        """Return status and body."""
        target = path + "?" + "&".join(f"{k}={quote(v, safe='')}" for k, v in query.items())
        return await self._exchange(f"GET {target} HTTP/1.1\r\nHost: {self.host}\r\n\r\n".encode(), b"")

    async def close(self) -> None:
        """Close the connection."""
        if self._writer is not None:
            self._writer.close()
            self._reader = self._writer = None

    async def _exchange(self, head: bytes, body: bytes) -> tuple[int, bytes]:
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self.host, self.port, limit=1 << 20)
        self._writer.write(head)
        self._writer.write(body)
        await self._writer.drain()
        answer = await self._reader.readuntil(b"\r\n\r\n")
        headers = answer.lower()
        status = int(answer[9:12])
        content = await self._content(headers)
        if b"connection: close" in headers:
            await self.close()
        return status, content

    async def _content(self, headers: bytes) -> bytes:
        assert self._reader is not None
        if b"transfer-encoding: chunked" in headers:
            parts = []
            while size := int(await self._reader.readline(), 16):
                parts.append((await self._reader.readexactly(size + 2))[:-2])
            await self._reader.readline()
            return b"".join(parts)
        length = headers.partition(b"content-length:")[2].partition(b"\r\n")[0]
        return await self._reader.readexactly(int(length or 0))


async def send_all(
    host: str, port: int, bodies: Iterable[bytes], connections: int, told: Callable[[], None] = lambda: None
) -> Sent:
    """Send the bodies over that many connections as fast as they are taken; what is answered with 503 is sent again."""
    sent, source = Sent(), iter(bodies)
    await asyncio.gather(*(_drain(Connection(host, port), source, sent, told) for _ in range(connections)))
    return sent


async def _drain(connection: Connection, source: Iterator[bytes], sent: Sent, told: Callable[[], None]) -> None:
    for body in source:
        while True:
            begun = time.perf_counter()
            status = await connection.post(body)
            sent.seconds.append(time.perf_counter() - begun)
            sent.statuses[status] += 1
            if status != 503:
                break
            await asyncio.sleep(RETRY_AFTER)
        told()
    await connection.close()
