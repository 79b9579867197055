"""``headwater status``: how far the graph is behind the log."""

import time
from typing import Any

import click

from headwater_collector.cli.client import Client, client_command
from headwater_collector.cli.failure import NO
from headwater_collector.cli.output import print_json


@click.command()
@click.option("--wait", is_flag=True, help="Return when everything accepted before this call is applied.")
@click.option("--timeout", type=float, metavar="SECONDS", help="Give up waiting after this time, with exit code 1.")
@client_command
def status(client: Client, as_json: bool, wait: bool, timeout: float | None) -> None:
    """Tell how far the graph is behind the log, and why if it stands still."""
    found = client.get("/status")
    if wait:
        found = _wait(client, found, timeout)
    if as_json:
        print_json(found)
    else:
        click.echo(_told(client.url, found))
    if wait and found["appliedThrough"] < found["waitedFor"]:
        raise click.exceptions.Exit(NO)


def _wait(client: Client, found: dict[str, Any], timeout: float | None) -> dict[str, Any]:
    end = found["log"]["end"]
    deadline = time.monotonic() + timeout if timeout is not None else float("inf")
    pause = 0.05
    while found["appliedThrough"] < end and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * 1.5, 1.0)
        found = client.get("/status")
    return {**found, "waitedFor": end}


def _told(url: str, found: dict[str, Any]) -> str:
    events, log, graph = found["events"], found["log"], found["graph"]
    lines = [
        f"Headwater {found['version']} at {url}",
        f"Log      {log['end']} entries, {found['pending']} not yet in the graph"
        + (f"; {log['problem']}" if log["problem"] else ""),
        f"Graph    {graph['address'] or 'unknown'}, {'reachable' if graph['reachable'] else 'NOT reachable'}"
        + (f"; {graph['problem']}" if graph["problem"] else ""),
    ]
    if events["failed"]:
        lines.append(f"Failed   {events['failed']}: see `headwater events list --status failed`")
    if events["rejected"]:
        lines.append(f"Rejected {events['rejected']} kept: see `headwater events list --status rejected`")
    return "\n".join(lines)
