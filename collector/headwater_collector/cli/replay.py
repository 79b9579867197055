"""``headwater replay``: builds the graph anew from the log."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headwater_collector.cli.failure import NO
from headwater_collector.cli.output import print_json

if TYPE_CHECKING:
    from headwater_graph.digest import Digest

    from headwater_collector.replay_build import Replayed


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path), help="Data folder. [env: HEADWATER_DATA_DIR]")
@click.option("--neo4j-uri", help="Neo4j to fill instead of the managed one. [env: HEADWATER_NEO4J_URI]")
@click.option("--neo4j-user", help="Its user. [env: HEADWATER_NEO4J_USER]")
@click.option("--neo4j-database", help="Its database. [env: HEADWATER_NEO4J_DATABASE]")
@click.option("--check", "only_check", is_flag=True, help="Only compare, exit code 1 if different; all stays as it is.")
@click.option("--overwrite", is_flag=True, help="Empty a database given by --neo4j-uri that holds this log's graph.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def replay(only_check: bool, overwrite: bool, as_json: bool, **options: Any) -> None:
    """Build the graph anew from the event log; the server on the data folder must be stopped.

    The managed Neo4j gets a second store beside the first; both are compared, and the new one takes the place of the
    old. An interruption leaves the old one in use. Another Neo4j is filled only where it is empty, or with --overwrite;
    its password is taken from HEADWATER_NEO4J_PASSWORD.
    """
    from headwater_collector import replay as replays
    from headwater_collector.replay_build import Reports
    from headwater_collector.settings import load_settings

    settings = load_settings(**options)
    if overwrite and (only_check or not settings.neo4j_uri):
        raise click.UsageError("--overwrite is for a database that --neo4j-uri names, and not with --check.")
    with _shown() as shown:
        reports = Reports(shown.step, shown.projected, shown.download)
        if only_check:
            found = replays.check(settings, reports)
        elif settings.neo4j_uri:
            found = replays.replay_given(settings, reports, overwrite=overwrite)
        else:
            found = replays.replay_managed(settings, reports)
    if as_json:
        print_json(_json(found))
    else:
        _tell(found)
    if only_check and not found.equal:
        raise click.exceptions.Exit(NO)


def _tell(found: "Replayed") -> None:
    if found.left_out:
        click.echo(
            f"{found.left_out:,} events that failed before were left out: `headwater events list --status failed`"
        )
    if found.failed:
        click.echo(f"{len(found.failed):,} events failed now that had not failed before: a defect; please report it.")
    if found.before and found.compared:
        word = "Equal" if found.equal else "DIFFERENT"
        click.echo(f"{word}, both after {found.compared_at:,} events:")
        click.echo(f"  in use  {_shortly(found.before)}\n  anew    {_shortly(found.compared)}")
    else:
        click.echo(f"Not compared: {found.not_compared}.")
    if found.compared != found.digest:
        click.echo(f"The graph anew, after all {found.entries:,} events:\n          {_shortly(found.digest)}")
    if found.kept:
        click.echo(f"The store that was in use is kept in {found.kept}; remove it when you do not need it.")


def _shortly(digest: "Digest") -> str:
    return f"{digest.sha256}, {digest.nodes:,} nodes, {digest.relationships:,} relationships"


def _json(found: "Replayed") -> dict[str, Any]:
    return {
        "events": found.entries,
        "leftOut": found.left_out,
        "failed": list(found.failed),
        "digest": found.digest.sha256,
        "equal": found.equal,
        "inUse": found.before.sha256 if found.before else None,
        "anew": found.compared.sha256 if found.compared else None,
        "comparedAt": found.compared_at,
        "notCompared": found.not_compared,
        "kept": str(found.kept) if found.kept else None,
    }


class _Lines:
    """Progress for a file or a pipe: a line per step, and one per tenth of the events."""

    def __init__(self) -> None:
        self._tenths: dict[str, int] = {}

    def step(self, sentence: str) -> None:
        click.echo(f"{sentence} ...", err=True)

    def projected(self, done: int, all_: int) -> None:
        self._line("Projected", done, all_, "events")

    def download(self, progress: Any) -> None:
        self._line("Downloaded, once,", progress.bytes >> 20, progress.total_bytes >> 20, "MiB of Neo4j")

    def _line(self, what: str, done: int, all_: int, unit: str) -> None:
        tenth = 10 * done // max(all_, 1)
        if tenth > self._tenths.get(what, -1):
            click.echo(f"{what} {done:,} of {all_:,} {unit}", err=True)
        self._tenths[what] = tenth


class _Bars(_Lines):
    """Progress for a terminal."""

    def __init__(self, bar: Any) -> None:
        super().__init__()
        self._bar, self._tasks = bar, dict[str, Any]()

    def step(self, sentence: str) -> None:
        self._bar.console.print(f"{sentence} ...", highlight=False, markup=False)

    def _line(self, what: str, done: int, all_: int, unit: str) -> None:
        if what not in self._tasks:
            self._tasks[what] = self._bar.add_task(f"{what} {unit}", total=all_)
        self._bar.update(self._tasks[what], completed=done)


@contextmanager
def _shown() -> Iterator[_Lines]:
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        yield _Bars(bar)
