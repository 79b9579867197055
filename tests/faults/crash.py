"""Kills of the server and of Neo4j in mid-ingest, and a Neo4j that is away; what must hold is asserted on the way.

    python -m tests.faults.crash --kills 20 --away 60 [--seed N] [--folder F]

runs all of it against a new data folder, shows how far it is, and takes about ten minutes on two cores.
"""

import argparse
import itertools
import os
import random
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from rich.progress import Progress

from tests.benchmarks.workload import declarations, pipelines, round_of
from tests.faults.served import HEADWATER, Headwater, Sender, environment, moments, run, told
from tests.waiting import PATIENCE, killed_after, wait_until

BACKLOG = 1_500
JOBS = pipelines(30, 6)


def runs(generation: str) -> Iterator[bytes]:
    """Yield full events of run after run, without end."""
    for number in itertools.count():
        yield from round_of(JOBS, generation, number)


def small(generation: str) -> Iterator[bytes]:
    """Yield small events without end."""
    for number in itertools.count():
        yield from declarations(JOBS, f"{generation}-{number}")


def kill_server(headwater: Headwater, kills: int, seed: int, done: Callable[[], None] = lambda: None) -> Sender:
    """Kill the server at random moments while events come in, and start it again each time."""
    draw, waits = random.Random(seed), moments(seed)
    with Sender(headwater.url, runs(f"server-{seed}")) as sender:
        for number in range(kills):
            # The first time, and half of the others, when events are projected; else maybe while Neo4j still starts.
            if number == 0 or draw.random() < 0.5:
                headwater.wait_projecting()
            sender.wait_more(next(waits))
            jvm, before = headwater.jvm, sender.cut_off
            headwater.kill()
            wait_until(lambda before=before: sender.cut_off > before, "a request that the kill cuts off")  # type: ignore[misc]
            headwater.start()
            headwater.wait_projecting()
            assert not jvm or jvm not in headwater.jvms(), "the JVM of the killed server is left behind"
            assert headwater.jvm in headwater.jvms()
            done()
        sender.wait_more(20)
    assert set(sender.statuses) == {201}, f"refused: {sender.statuses}"
    return sender


def kill_neo4j(headwater: Headwater, kills: int, seed: int, done: Callable[[], None] = lambda: None) -> Sender:
    """Kill the JVM at random moments while events come in; the server starts it again."""
    waits = moments(seed)
    with Sender(headwater.url, runs(f"neo4j-{seed}")) as sender:
        for _ in range(kills):
            headwater.wait_projecting()
            sender.wait_more(next(waits))
            jvm = headwater.jvm
            assert jvm, "0 would be all processes of this group"
            os.kill(jvm, signal.SIGKILL)
            wait_until(lambda jvm=jvm: headwater.jvm not in (0, jvm), "Neo4j to be started again")  # type: ignore[misc]
            headwater.wait_projecting()
            done()
    assert set(sender.statuses) == {201}, f"an event was refused although Neo4j alone was away: {sender.statuses}"
    assert not sender.cut_off
    return sender


def neo4j_away(headwater: Headwater, seconds: float, seed: int) -> Sender:
    """Stop Neo4j under load until the backlog limit has been reached, at least that long, then let it go on."""
    headwater.restart(max_backlog_events=BACKLOG)
    wait_until(lambda: headwater.status()["graph"]["reachable"], "Neo4j to answer")
    headwater.wait_applied()
    jvm = headwater.jvm
    assert jvm, "0 would be all processes of this group"
    os.kill(jvm, signal.SIGSTOP)
    begun = time.monotonic()
    try:
        with Sender(headwater.url, small(f"away-{seed}"), connections=4, pause=0) as sender:
            wait_until(lambda: sender.statuses[503] >= 20, "the backlog to be full")
            wait_until(lambda: time.monotonic() > begun + seconds, "the time to pass")
            wait_until(lambda: not headwater.status()["graph"]["reachable"], "the status to say that Neo4j hangs")
            assert "Neo4j does not answer" in headwater.status()["graph"]["problem"]
            pending = headwater.status()["pending"]
            # Requests under way when the limit was reached are let in.
            assert BACKLOG <= pending <= BACKLOG + 4, f"{pending} events wait when the limit of {BACKLOG} is reached"
            os.kill(jvm, signal.SIGCONT)
            sender.wait_more(100)
    finally:
        os.kill(jvm, signal.SIGCONT)
    assert set(sender.statuses) == {201, 503}
    assert all(said and int(said) > 0 for said in sender.retry_after), "503 without Retry-After"
    headwater.wait_applied()
    return sender


def kill_replay(headwater: Headwater) -> None:
    """Kill a replay of the stopped server's folder while it builds: the store in use stays."""
    command = (*HEADWATER, "replay")
    # One event after the other, so that it is not done before it is killed, however late that comes.
    settings = environment(**headwater.settings, batch_size=1)
    with (
        subprocess.Popen(command, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process,
        killed_after(process),
    ):
        assert process.stderr
        assert any(b"Projected" in line for line in process.stderr), "the replay ended before it projected anything"
        process.kill()
    assert (headwater.data / "neo4j.replay").exists()
    assert (headwater.data / "neo4j").exists()


def compare_undisturbed(headwater: Headwater, *options: str) -> Any:
    """Build the graph of the stopped server's folder anew, without faults, and compare: it must be equal."""
    answer = run("replay", "--json", *options, patience=PATIENCE, **headwater.settings)
    assert answer.returncode == 0, answer.stderr + answer.stdout
    found = told(answer)
    assert found["equal"], found
    assert found["comparedAt"] == found["events"]
    assert found["leftOut"] == 0
    assert not headwater.jvms()
    return found


def check_log(headwater: Headwater, *senders: Sender) -> int:
    """See that every acknowledged event is in the log, once, and return how many there are."""
    logged = headwater.logged()
    acknowledged = set().union(*(sender.acknowledged for sender in senders))
    assert acknowledged <= logged.keys(), f"{len(acknowledged - logged.keys())} acknowledged events are lost"
    assert set(logged.values()) == {1}, "an event is in the log twice"
    return len(acknowledged)


def main() -> None:
    """Run it all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=20, help="of the server, and as many of Neo4j")
    parser.add_argument("--away", type=float, default=60, help="seconds that Neo4j is away")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--folder", type=Path, help="where to work; removed in the end if not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="headwater-crash-") as folder, Progress() as progress:
        headwater = Headwater(options.folder or Path(folder))
        progress.console.print(f"Seed {options.seed}")
        try:
            headwater.start()
            senders = []
            for what, kill in (("the server", kill_server), ("Neo4j", kill_neo4j)):
                task = progress.add_task(f"Kills of {what}", total=options.kills)
                senders.append(kill(headwater, options.kills, options.seed, lambda task=task: progress.advance(task)))  # type: ignore[misc]
            progress.console.print(f"Neo4j away for {options.away:.0f} s under load ...")
            senders.append(neo4j_away(headwater, options.away, options.seed))
        finally:
            headwater.stop()
        progress.console.print(f"{check_log(headwater, *senders):,} acknowledged events, all in the log, once each")
        progress.console.print("Building the graph anew, undisturbed ...")
        found = compare_undisturbed(headwater, "--check")
        progress.console.print(f"Equal after {found['events']:,} events: {found['digest']}")


if __name__ == "__main__":
    main()
