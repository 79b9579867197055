"""``headwater demo``: a Headwater of its own with a story in it, and what can be asked about that."""

import signal
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from headwater_collector.cli.client import Client
from headwater_collector.cli.failure import NO
from headwater_collector.cli.lineage import print_lineage
from headwater_collector.cli.serve import connection_lines

if TYPE_CHECKING:
    from headwater_graph.local_neo4j import Progress as Download

    from headwater_collector.settings import Settings


@click.command()
@click.option("--exit", "leave", is_flag=True, help="End after printing; exit code 0 only if the answers are right.")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Folder to keep the demo in. [a temporary one]")
@click.option("--port", type=int, help="Port to listen on. [env: HEADWATER_PORT]")
@click.option("--bolt-port", type=int, help="Bolt port of its Neo4j. [env: HEADWATER_BOLT_PORT]")
def demo(leave: bool, data_dir: Path | None, **options: Any) -> None:
    """Start a Headwater with a Neo4j of its own, play three days of a shop's pipelines into it, and ask about them.

    Stays up until Ctrl-C, so that you can go on asking. Touches no other Headwater and no Neo4j that is set up.
    """
    with ExitStack() as stack:
        stack.enter_context(_signals_interrupt())
        folder = data_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="headwater-demo-")))
        settings = _settings(folder, options)
        url = stack.enter_context(_served(settings))
        faults = _tell(url)
        if leave:
            raise click.exceptions.Exit(NO if faults else 0)
        _tell_where(url, folder)
        with suppress(KeyboardInterrupt):
            threading.Event().wait()
        click.echo("Stopping ...")


def _settings(folder: Path, options: dict[str, Any]) -> "Settings":
    from headwater_collector.settings import load_settings

    settings = load_settings(host="127.0.0.1", data_dir=folder, **options)
    # Whatever Neo4j is set up is somebody's: the demo writes to its own only.
    return settings.model_copy(update={"neo4j_uri": None, "neo4j_database": None, "api_key": None})


@contextmanager
def _signals_interrupt() -> Iterator[None]:
    """Let SIGTERM end the demo as Ctrl-C does, and both even where a shell started it in the background."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _served(settings: "Settings") -> Iterator[str]:
    """Run a whole Headwater on a thread, as `serve` does, and yield its URL when its Neo4j answers."""
    from headwater_collector.server.graph_side import Reports
    from headwater_collector.server.host import Address, Host

    urls: list[str] = []
    errors: list[Exception] = []
    changed = threading.Event()

    def listening(address: Address) -> None:
        urls.append(address.url)

    def run() -> None:
        try:
            host.run()
        except Exception as error:
            errors.append(error)
        changed.set()

    click.echo("Starting Headwater and its Neo4j ...")
    with closing(Downloading()) as downloading:
        reports = Reports(ready=lambda _: changed.set(), warn=_warn, progress=downloading)
        host = Host(settings, reports=reports, listening=listening)
        thread = threading.Thread(target=run, name="demo-host")
        thread.start()
        try:
            changed.wait()
            downloading.close()
            if errors:
                raise errors[0]
            yield urls[0]
        finally:
            host.stop()
            thread.join()


class Downloading:
    """A progress bar of the first download, which appears only if there is one."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __call__(self, done: "Download") -> None:
        """Show how far it is; called from another thread."""
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn

        if self._bar is None:
            self._bar = Progress(TextColumn("Downloading Neo4j, once"), BarColumn(), DownloadColumn())
            self._bar.add_task("")
            self._bar.start()
        self._bar.update(self._bar.task_ids[0], completed=done.bytes, total=done.total_bytes)

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.stop()


def _warn(sentence: str) -> None:
    click.echo(f"Warning: {sentence}", err=True)


def _tell(url: str) -> list[str]:
    """Play the story, ask, and print the answers; return what is wrong with them."""
    from headwater_integrations import story

    from headwater_collector.cli import demo_story

    _play(url)
    with Client(url) as client:
        _wait(client)
        asked, bad = story.PREDICTIONS_ASKED, story.BAD_TABLE
        behind = client.get("/upstream", of=demo_story.name_of(asked))
        click.secho("\nWhat stands behind the predictions of 3 September?", bold=True)
        print_lineage(behind)
        flows = client.get("/downstream", of=demo_story.name_of(bad))
        reached = demo_story.reached(flows, client.get("/downstream", of=f"{bad.namespace}/{bad.name}"))
        click.secho(
            "\nThe orders of 2 September failed their check. Which models and predictions came of them?", bold=True
        )
        for node in sorted(reached, key=lambda node: (node["distance"], node["key"])):
            click.echo(f"  {node['namespace']}/{node['name']}@{node['version']}")
    click.secho("\nThe same in Cypher:", bold=True)
    for statement, thing in ((demo_story.UPSTREAM, asked), (demo_story.REACHED, bad)):
        click.echo(demo_story.cypher(statement, thing) + "\n")
    faults = [
        *demo_story.faults("upstream", behind["nodes"][1:], story.upstream()),
        *demo_story.faults("reached", reached, story.reached()),
    ]
    for fault in faults:
        click.echo(f"Wrong answer: {fault}", err=True)
    return faults


def _play(url: str) -> None:
    """Send the story as pipelines do: through the openlineage-python client, over HTTP."""
    from headwater_integrations import story
    from rich.progress import track

    client = story.client_for(url)
    try:
        for event in track(story.events(), "Three days of a shop's pipelines"):
            client.emit(event)
    finally:
        client.close()


def _wait(client: Client) -> None:
    """Wait until all that was accepted is in the graph."""
    end = client.get("/status")["log"]["end"]
    while client.get("/status")["appliedThrough"] < end:
        time.sleep(0.05)


def _tell_where(url: str, folder: Path) -> None:
    from headwater_collector.data_folder import DataFolder

    with Client(url) as client:
        bolt = client.get("/status")["graph"]["address"]
    ask = f"  HEADWATER_URL={url} headwater"
    click.secho("Go on from here, until Ctrl-C:", bold=True)
    click.echo(f"{ask} upstream predictions/churn\n{ask} search churn\n{ask} cypher 'MATCH (m:Model) RETURN m.name'")
    click.echo(f"  API and docs   {url}/docs")
    click.echo(f"  Neo4j Browser  {bolt}, user neo4j, password in {DataFolder(folder).neo4j / 'password'}")
    click.secho("Connect your own:", bold=True)
    click.echo(connection_lines(url))
