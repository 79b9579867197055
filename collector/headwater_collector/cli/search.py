"""``headwater search``: datasets and jobs by words of their names."""

import click

from headwater_collector.cli.client import Client, client_command
from headwater_collector.cli.output import print_json, print_table


@click.command()
@click.argument("words", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="How many, best first.")
@client_command
def search(client: Client, as_json: bool, words: tuple[str, ...], limit: int) -> None:
    """Find datasets and jobs by WORDS of their names."""
    answer = client.get("/search", q=" ".join(words), limit=limit)
    if as_json:
        print_json(answer)
        return
    found = answer["results"]
    if not found:
        click.echo("Nothing is called so.", err=True)
        raise click.exceptions.Exit(1)
    rows = ((item["kind"], item["name"], item["namespace"], item.get("type")) for item in found)
    print_table(("KIND", "NAME", "NAMESPACE", "TYPE"), rows)
