"""``headwater upstream`` and ``headwater downstream``: lineage as a tree, or as JSON."""

from collections.abc import Callable
from typing import Any

import click

from headwater_collector.answers import present
from headwater_collector.cli.client import Client, client_command
from headwater_collector.cli.output import print_json


def _lineage_options(function: Callable[..., None]) -> Callable[..., None]:
    for option in (
        click.argument("name"),
        click.option(
            "--level",
            type=click.Choice(["design", "run", "column"]),
            help="What is wired to what, what really happened run by run, or columns. By kind of NAME if left out.",
        ),
        click.option("--depth", type=click.IntRange(0), help="Hops from dataset to dataset; all if not given."),
        click.option("--limit", type=click.IntRange(1), help="Most nodes."),
        click.option("--as-of", metavar="TIME", help="The state at this moment (ISO 8601) instead of now."),
        click.option(
            "--granularity",
            type=click.Choice(["operation", "run", "job", "application", "dataset"]),
            help="How fine: all as reported; jobs or runs, with partitions and part files folded into their dataset "
            "(the default); applications and DAGs; datasets alone.",
        ),
        click.option("--ended", is_flag=True, help="Count wiring that has ended, too."),
    ):
        function = option(function)
    return function


@click.command()
@_lineage_options
@client_command
def upstream(client: Client, as_json: bool, name: str, **options: Any) -> None:
    """Show everything that NAME was made from: a dataset, job, run id, dataset@version or dataset#column."""
    _show(client, "upstream", name, as_json, options)


@click.command()
@_lineage_options
@client_command
def downstream(client: Client, as_json: bool, name: str, **options: Any) -> None:
    """Show everything that was made from NAME: a dataset, job, run id, dataset@version or dataset#column."""
    _show(client, "downstream", name, as_json, options)


def _show(client: Client, direction: str, name: str, as_json: bool, options: dict[str, Any]) -> None:
    asked = {"level": options["level"], "depth": options["depth"], "limit": options["limit"]}
    asked |= {"asOf": options["as_of"], "ended": "true" if options["ended"] else None}
    asked["granularity"] = options["granularity"]
    answer = client.get(f"/{direction}", of=name, **asked)
    if as_json:
        print_json(answer)
    else:
        print_lineage(answer)


def print_lineage(answer: dict[str, Any]) -> None:
    """Print an answer as a tree, and under it what a reader must know of it as a whole."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=10_000)
    console.print(present.tree(answer), soft_wrap=not console.is_terminal)
    console.print("\n".join(present.remarks(answer)), style="dim", highlight=False, markup=False)
