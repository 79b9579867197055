"""Latency: how long an answer takes at a steady rate, alone and beside a reader of big upstreams."""

import asyncio
import json
import time

from rich.progress import Progress

from tests.benchmarks.report import Row
from tests.benchmarks.sender import Connection, Sent, send_all
from tests.benchmarks.served import Served, serving
from tests.benchmarks.workload import pipelines, round_of, warehouse_of


def latency(jobs: int, width: int, rate: int, seconds: int, progress: Progress) -> list[Row]:
    """Measure accepting at that many events a second, without and with a reader that asks for upstreams."""
    wired = pipelines(jobs, width)
    asked = wired[-1].outputs[-1]
    with serving() as served:
        _load(served, list(round_of(wired, "a", 0)), progress)
        rows: list[Row] = []
        number = 1
        for name, readers in (("warming", 0), ("alone", 0), ("with a reader", 1)):
            bodies: list[bytes] = []
            while len(bodies) < rate * seconds:
                bodies.extend(round_of(wired, "a", number))
                number += 1
            task = progress.add_task(name, total=rate * seconds)
            rows.append(
                asyncio.run(_measure(served, name, bodies[: rate * seconds], rate, readers, asked, progress, task))
            )
            served.wait_applied()
        return rows[1:]


def _load(served: Served, bodies: list[bytes], progress: Progress) -> None:
    task = progress.add_task("loading", total=len(bodies))
    asyncio.run(send_all(served.host, served.port, bodies, 4, lambda: progress.advance(task)))
    served.wait_applied()


async def _measure(
    served: Served,
    name: str,
    bodies: list[bytes],
    rate: int,
    readers: int,
    asked: str,
    progress: Progress,
    task: object,
) -> Row:
    sent, reads, done = Sent(), Sent(), asyncio.Event()
    reading = [asyncio.create_task(_read(served, asked, reads, done)) for _ in range(readers)]
    idle: asyncio.Queue[Connection] = asyncio.Queue()
    for _ in range(16):
        idle.put_nowait(Connection(served.host, served.port))
    begun = time.perf_counter()

    async def one(index: int, body: bytes) -> None:
        due = begun + index / rate
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        connection = await idle.get()
        status = await connection.post(body)
        # From when it was due: a server that stalls cannot hide it by keeping the sender waiting.
        sent.seconds.append(time.perf_counter() - due)
        sent.statuses[status] += 1
        idle.put_nowait(connection)
        progress.advance(task)  # type: ignore[arg-type]

    await asyncio.gather(*(one(index, body) for index, body in enumerate(bodies)))
    done.set()
    await asyncio.gather(*reading)
    while not idle.empty():
        await idle.get_nowait().close()
    return {
        "load": name,
        "events/s": rate,
        "events": len(bodies),
        "p50 ms": sent.percentile(50),
        "p99 ms": sent.percentile(99),
        "max ms": sent.percentile(100),
        "not 201": len(bodies) - sent.statuses[201],
        "reads": len(reads.seconds),
        "read p50 ms": reads.percentile(50),
        "read p99 ms": reads.percentile(99),
    }


async def _read(served: Served, asked: str, reads: Sent, done: asyncio.Event) -> None:
    connection = Connection(served.host, served.port)
    while not done.is_set():
        begun = time.perf_counter()
        status, body = await connection.get("/api/headwater/v1/upstream", of=f"{warehouse_of('a')}/{asked}", depth="20")
        reads.seconds.append(time.perf_counter() - begun)
        if status != 200:
            raise RuntimeError(f"the upstream was answered with {status}: {json.loads(body)}")
    await connection.close()
