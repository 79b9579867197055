"""``headwater events``: what became of each event."""

import sys
from collections.abc import Sequence
from typing import Any

import click

from headwater_collector.cli.client import Client, client_command
from headwater_collector.cli.output import print_json, print_table


@click.group()
def events() -> None:
    """See what became of each event, try failed ones again, and take wrong ones out of the graph."""


@events.command("list")
@click.option(
    "--status", type=click.Choice(["accepted", "applied", "failed", "excluded", "rejected"]), help="Only these."
)
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="How many, newest first.")
@click.option("--cursor", help="`nextCursor` of the page before.")
@client_command
def list_events(client: Client, as_json: bool, status: str | None, limit: int, cursor: str | None) -> None:
    """List events, newest first. Rejected bodies are listed with --status rejected only."""
    found, cursor = _pages(client, status, limit, cursor)
    if as_json:
        print_json({"events": found, "nextCursor": cursor})
        return
    rows = ((e.get("offset"), e["id"], e["status"], e["receivedAt"][:19], _remark(e)) for e in found)
    print_table(("OFFSET", "ID", "STATUS", "RECEIVED", "REMARK"), rows)
    if cursor:
        click.echo(f"More with --cursor {cursor}", err=True)


@events.command()
@click.argument("event_id")
@client_command
def show(client: Client, as_json: bool, event_id: str) -> None:
    """Tell what is known of one event."""
    event = client.get(f"/events/{event_id}")
    if as_json:
        print_json(event)
        return
    for name, value in event.items():
        for line in value if isinstance(value, list) else [value]:
            click.echo(f"{name:<12} {line}")


@events.command()
@click.argument("event_id")
@client_command
def body(client: Client, as_json: bool, event_id: str) -> None:
    """Print the event exactly as it was sent."""
    sys.stdout.buffer.write(client.raw(f"/events/{event_id}/body"))
    sys.stdout.flush()


@events.command()
@click.argument("event_id", required=False)
@click.option("--all", "everything", is_flag=True, help="All failed events.")
@client_command
def retry(client: Client, as_json: bool, event_id: str | None, everything: bool) -> None:
    """Try a failed event again."""
    if bool(event_id) == everything:
        raise click.UsageError("Give the id of one event, or --all.")
    answer = client.post(f"/events/{event_id}/retry" if event_id else "/events/retry")
    if as_json:
        print_json(answer)
    else:
        click.echo(f"{answer['retrying']} event(s) will be tried again.")


@events.command()
@click.argument("event_ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", default="", help="Why; kept with the decision.")
@client_command
def exclude(client: Client, as_json: bool, event_ids: tuple[str, ...], reason: str) -> None:
    """Take events out of the graph, as if they had never come. They stay in the log, and excluded if sent again."""
    _decide(client, as_json, "exclude", event_ids, reason)


@events.command()
@click.argument("event_ids", nargs=-1, required=True, metavar="ID...")
@click.option("--reason", default="", help="Why; kept with the decision.")
@client_command
def include(client: Client, as_json: bool, event_ids: tuple[str, ...], reason: str) -> None:
    """Take excluded events into the graph again."""
    _decide(client, as_json, "include", event_ids, reason)


def _decide(client: Client, as_json: bool, verb: str, event_ids: Sequence[str], reason: str) -> None:
    answer = client.post(f"/events/{verb}", {"events": list(event_ids), "reason": reason})
    if as_json:
        print_json(answer)
        return
    changed, unchanged = len(answer[f"{verb}d"]), len(answer["unchanged"])
    click.echo(f"{changed} event(s) {verb}d" + (f", {unchanged} were already." if unchanged else "."))
    if changed:
        click.echo("The graph follows shortly: `headwater status --wait` returns when it has.")


def _pages(
    client: Client, status: str | None, limit: int, cursor: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    found: list[dict[str, Any]] = []
    while len(found) < limit:
        page = client.get("/events", status=status, limit=min(limit - len(found), 1_000), cursor=cursor)
        found += page["events"]
        cursor = page["nextCursor"]
        if cursor is None:
            break
    return found, cursor


def _remark(event: dict[str, Any]) -> str:
    return event.get("reason") or "; ".join(event["warnings"])
