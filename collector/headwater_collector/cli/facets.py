"""``headwater facets``: the facets that are kept whole, by name."""

from typing import Any

import click

from headwater_collector.answers.node import names_in, title
from headwater_collector.cli.client import Client, client_command
from headwater_collector.cli.output import print_json, print_table


@click.command()
@click.argument("name", required=False)
@click.option("--kind", help="Only those of a dataset, job, run or version.")
@click.option("--limit", type=click.IntRange(1, 1_000), default=100, show_default=True, help="How many.")
@client_command
def facets(client: Client, as_json: bool, name: str | None, kind: str | None, limit: int) -> None:
    """List the names of the facets that are kept whole, or who has the facet NAME.

    With --json also what the facet says.
    """
    answer = client.get("/facets", name=name, kind=kind, limit=limit)
    found = answer["facets"]
    if as_json:
        print_json(answer)
    elif name is None:
        print_table(("FACET",), ([each] for each in found))
    elif found:
        print_table(("KIND", "NAME", "NAMESPACE", "RUN", "OF"), map(_row, found))
    else:
        click.echo(f"Nothing has a facet {name} that is kept whole: `headwater facets` lists all names.", err=True)
        raise click.exceptions.Exit(1)
    if answer["nextCursor"] and not as_json:
        click.echo(f"There are more than these {limit}: see --limit.", err=True)


def _row(item: dict[str, Any]) -> tuple[str | None, ...]:
    about = names_in(item["dataset"])[1] if "dataset" in item else None
    return (item["kind"], title(item), item.get("namespace"), item.get("runId"), about)
