"""The benchmarks' command line."""

import signal
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.benchmarks.ingest import ingest
from tests.benchmarks.latency import latency
from tests.benchmarks.memory import memory
from tests.benchmarks.report import report
from tests.benchmarks.upstream import upstream

_json = click.option("--json", "out", type=click.Path(path_type=Path), help="Write the figures to this file too.")
_jobs = click.option("--jobs", default=1000, show_default=True, help="Jobs; each sends START and COMPLETE a round.")
_width = click.option("--width", default=50, show_default=True, help="Jobs in a layer.")


def _progress() -> Progress:
    columns = (TextColumn("{task.description:20}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True))


@click.group()
def main() -> None:
    """Measure Headwater on this machine."""
    # Ended from outside, too, the server that was started is stopped and its folder removed.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


@main.command("ingest")
@_jobs
@_width
@click.option("--rounds", default=8, show_default=True, help="Rounds of new runs of the same jobs.")
@click.option("--real", default=20, show_default=True, help="Rounds of what real producers sent, twice; 0 for none.")
@click.option("--connections", default=8, show_default=True)
@_json
def _ingest(jobs: int, width: int, rounds: int, real: int, connections: int, out: Path | None) -> None:
    """Events accepted and projected a second, and CPU per event."""
    with _progress() as progress:
        rows = ingest(jobs, width, rounds, real, connections, progress)
    report("ingest", rows, out, ["CPU is per event; p50 and p99 are of the answer to one event."])


@main.command("latency")
@_jobs
@_width
@click.option("--rate", default=50, show_default=True, help="Events a second.")
@click.option("--seconds", default=60, show_default=True)
@_json
def _latency(jobs: int, width: int, rate: int, seconds: int, out: Path | None) -> None:
    """Answers at a steady rate, alone and beside a reader of big upstreams."""
    with _progress() as progress:
        rows = latency(jobs, width, rate, seconds, progress)
    report("latency", rows, out)


@main.command("upstream")
@click.option("--shape", "shapes", multiple=True, type=(int, int), help="Jobs and width; can be given several times.")
@click.option("--depth", default=20, show_default=True, help="Dataset hops.")
@click.option("--asks", default=20, show_default=True)
@_json
def _upstream(shapes: tuple[tuple[int, int], ...], depth: int, asks: int, out: Path | None) -> None:
    """Upstreams in graphs of 10 thousand jobs, and of 200 thousand jobs with a million edges."""
    with _progress() as progress:
        rows = upstream(list(shapes) or [(10_000, 50), (10_000, 500), (200_000, 100)], depth, asks, progress)
    report("upstream", rows, out)


@main.command("memory")
@click.option("--connections", default=64, show_default=True)
@click.option("--limit", default=16 * 2**20, show_default=True, help="The server's limit of a body, in bytes.")
@click.option("--seconds", default=60, show_default=True, help="How long each kind of body is sent.")
@_json
def _memory(connections: int, limit: int, seconds: int, out: Path | None) -> None:
    """Memory when idle, and with bodies at the limit."""
    with _progress() as progress:
        rows = memory(connections, limit, seconds, progress)
    report("memory", rows, out)


if __name__ == "__main__":
    main()
