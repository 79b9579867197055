"""Ingesting: events accepted and projected a second, and what one costs."""

import asyncio
import os
import time
from collections.abc import Callable

from rich.progress import Progress

from tests.benchmarks.real import real_rounds
from tests.benchmarks.report import Row
from tests.benchmarks.sender import send_all
from tests.benchmarks.served import Served, Usage, serving
from tests.benchmarks.workload import pipelines, round_of


def ingest(jobs: int, width: int, rounds: int, real: int, connections: int, progress: Progress) -> list[Row]:
    """Measure events never seen before with a cold JVM, the same jobs with new runs, and new jobs when it is warm.

    Then `real` rounds of what real producers sent, and as many again.
    """
    wired = pipelines(jobs, width)
    phases = [("never seen, cold", round_of(wired, "a", 0))]
    phases += [(f"steady {number}", round_of(wired, "a", number)) for number in range(1, rounds + 1)]
    phases += [("never seen, warm", round_of(wired, "b", 0)), ("steady, both seen", round_of(wired, "b", 1))]
    if real:
        phases += [("real", real_rounds(0, real)), ("real, again", real_rounds(real, real))]
    with serving() as served:
        return [_phase(served, name, list(bodies), connections, progress) for name, bodies in phases]


def _phase(served: Served, name: str, bodies: list[bytes], connections: int, progress: Progress) -> Row:
    task = progress.add_task(name, total=2 * len(bodies))
    before, own, begun = served.usage(), _own_cpu(), time.perf_counter()
    advance: Callable[[], None] = lambda: progress.advance(task)  # noqa: E731
    sent = asyncio.run(send_all(served.host, served.port, bodies, connections, advance))
    accepted = time.perf_counter() - begun
    served.wait_applied(lambda pending: progress.update(task, completed=2 * len(bodies) - pending))
    projected = time.perf_counter() - begun
    after, count = served.usage(), len(bodies)
    progress.update(task, completed=2 * count)
    return {
        "phase": name,
        "events": count,
        "kB each": sum(map(len, bodies)) / count / 1000,
        "accepted/s": count / accepted,
        "projected/s": count / projected,
        "p50 ms": sent.percentile(50),
        "p99 ms": sent.percentile(99),
        **_cpu(before, after, count),
        "sender ms": 1000 * (_own_cpu() - own) / count,
        "collector MB": after.collector_mb,
        "neo4j MB": after.neo4j_mb,
        "not 201": count + sent.statuses[503] - sent.statuses[201],
    }


def _cpu(before: Usage, after: Usage, count: int) -> Row:
    collector = 1000 * (after.collector_cpu - before.collector_cpu) / count
    neo4j = 1000 * (after.neo4j_cpu - before.neo4j_cpu) / count
    return {"collector CPU ms": collector, "neo4j CPU ms": neo4j, "CPU ms": collector + neo4j}


def _own_cpu() -> float:
    times = os.times()
    return times.user + times.system
