"""Upstream: a whole lineage of a layered graph with many diamonds, as JSON over HTTP."""

import asyncio
import time

import orjson
from rich.progress import Progress

from tests.benchmarks.report import Row
from tests.benchmarks.sender import Connection, Sent, send_all
from tests.benchmarks.served import Served, serving
from tests.benchmarks.workload import Pipeline, declarations, pipelines, warehouse_of


def upstream(shapes: list[tuple[int, int]], depth: int, asks: int, progress: Progress) -> list[Row]:
    """Measure the upstream of the last dataset of each graph, given as jobs and width; every job has three parents."""
    rows: list[Row] = []
    for jobs, width in shapes:
        wired = pipelines(jobs, width)
        with serving() as served:
            task = progress.add_task(f"loading {jobs:,} jobs", total=2 * jobs)
            bodies = declarations(wired, "a")
            asyncio.run(send_all(served.host, served.port, bodies, 4, lambda t=task: progress.advance(t)))  # type: ignore[misc]
            served.wait_applied(lambda pending, t=task, n=jobs: progress.update(t, completed=2 * n - pending))  # type: ignore[misc]
            progress.update(task, completed=2 * jobs)
            rows.append(asyncio.run(_ask(served, wired, depth, asks)))
    return rows


async def _ask(served: Served, wired: list[Pipeline], depth: int, asks: int) -> Row:
    connection, times, body = Connection(served.host, served.port), Sent(), b""
    name = f"{warehouse_of('a')}/{wired[-1].outputs[-1]}"
    before = served.usage()
    for _ in range(asks):
        begun = time.perf_counter()
        status, body = await connection.get("/api/headwater/v1/upstream", of=name, depth=str(depth), limit="100000")
        times.seconds.append(time.perf_counter() - begun)
        if status != 200:
            raise RuntimeError(f"the upstream was answered with {status}: {body[:500]!r}")
    after = served.usage()
    await connection.close()
    answer = orjson.loads(body)
    jobs, datasets = expected(wired, depth)
    return {
        "graph": f"{len(wired):,} jobs, {5 * len(wired):,} edges",
        "depth": depth,
        "nodes": len(answer["nodes"]),
        "expected": jobs + datasets,
        "edges": len(answer["edges"]),
        "kB": len(body) / 1000,
        "first s": times.seconds[0],
        "p50 s": times.percentile(50) / 1000,
        "best s": min(times.seconds),
        "collector CPU ms": 1000 * (after.collector_cpu - before.collector_cpu) / asks,
        "neo4j CPU ms": 1000 * (after.neo4j_cpu - before.neo4j_cpu) / asks,
    }


def expected(wired: list[Pipeline], depth: int) -> tuple[int, int]:
    """Return how many jobs and datasets the last dataset's upstream has within that many dataset hops."""
    writer = {name: job for job in wired for name in job.outputs}
    jobs: set[str] = set()
    seen = layer = {wired[-1].outputs[-1]}
    for _ in range(depth):
        writers = [writer[name] for name in layer if name in writer]
        jobs.update(job.name for job in writers)
        layer = {name for job in writers for name in job.inputs} - seen
        seen = seen | layer
    return len(jobs), len(seen)
