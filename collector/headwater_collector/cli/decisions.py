"""``headwater decisions``: what operators decided."""

import click

from headwater_collector.cli.client import Client, client_command
from headwater_collector.cli.output import print_json, print_table


@click.command()
@click.option("--limit", type=click.IntRange(1, 1_000), default=20, show_default=True, help="How many, newest first.")
@click.option("--cursor", help="`nextCursor` of the page before.")
@client_command
def decisions(client: Client, as_json: bool, limit: int, cursor: str | None) -> None:
    """List what operators decided about events and alias rules, newest first: entries of the event log."""
    found = client.get("/decisions", limit=limit, cursor=cursor)
    if as_json:
        print_json(found)
        return
    rows = (
        (d["offset"], d["at"][:19], d["by"], d["decision"], d["subject"], d["status"], d.get("failure") or d["reason"])
        for d in found["decisions"]
    )
    print_table(("OFFSET", "AT", "BY", "DECISION", "ABOUT", "STATUS", "REASON"), rows)
    if found["nextCursor"]:
        click.echo(f"More with --cursor {found['nextCursor']}", err=True)
