"""``headwater alias``: two names, one dataset."""

import sys
from typing import Any

import click

from headwater_collector.cli.client import Client, client_command
from headwater_collector.cli.output import print_json, print_table


@click.group()
def alias() -> None:
    """Join datasets that have two names: rules over namespace and name, for what was and for what comes."""


@alias.command("list")
@client_command
def list_rules(client: Client, as_json: bool) -> None:
    """List the rules that stand."""
    found = client.get("/aliases")
    if as_json:
        print_json(found)
        return
    rows = ((r["id"], _from(r), _to(r), r["by"], r["at"][:19], r["reason"]) for r in found["rules"])
    print_table(("RULE", "DATASETS", "ARE ALSO", "BY", "AT", "REASON"), rows)


@alias.command()
@client_command
def suggest(client: Client, as_json: bool) -> None:
    """Propose rules that the graph gives reason for, with the evidence and the command; none is applied."""
    found = client.get("/aliases/suggestions")
    if as_json:
        print_json(found)
        return
    for each in found["suggestions"]:
        click.echo(f"{_from(each)} is also {_to(each)}: would join {each['joins']:,} pair(s)")
        for line in each["evidence"]:
            click.echo(f"  because {line}")
        click.echo(f"  {each['command']}\n")
    if not found["suggestions"]:
        click.echo("Nothing in the graph gives reason for a rule.")


@alias.command()
@click.option("--namespace", default=".*", help="Pattern of namespaces: a regular expression (RE2) of the whole. [.*]")
@click.option("--name", default=".*", help="Pattern of names, with groups (?P<group>...). [.*]")
@click.option("--to-namespace", default="", help="Their other namespace, with {group}; {namespace} is the old one.")
@click.option("--to-name", default="", help="Their other name, with {group}; {name} is the old one.")
@click.option("--reason", default="", help="Why; kept with the decision.")
@click.option("--yes", is_flag=True, help="Do not ask: apply it.")
@client_command
def apply(client: Client, as_json: bool, yes: bool, reason: str, **rule: str) -> None:
    """Show which datasets a rule would join, ask, then add it. Without a terminal nothing is changed but with --yes."""
    said = {"namespace": rule["namespace"], "name": rule["name"]}
    said |= {"toNamespace": rule["to_namespace"], "toName": rule["to_name"]}
    found = client.post("/aliases/preview", said)
    if not as_json:
        _show(found)
    if not (yes or _asked(as_json)):
        if as_json:
            print_json({**found, "applied": False})
        else:
            click.echo("Nothing was changed. Add --yes to apply it.")
        return
    answer = client.post("/aliases", {**said, "reason": reason})
    if as_json:
        print_json({**found, **answer})
    elif answer["applied"]:
        click.echo(f"Applied as {answer['id']}; `headwater alias remove {answer['id']}` undoes it.")
    else:
        click.echo(f"{answer['id']} stands already.")


def _asked(as_json: bool) -> bool:
    return not as_json and _on_terminal() and click.confirm("Apply it?")


def _on_terminal() -> bool:
    return sys.stdin.isatty() and sys.stdout.isatty()


def _show(found: dict[str, Any]) -> None:
    click.echo(
        f"{found['id']} fits {found['matched']:,} dataset(s), and joins {found['joined']:,} to one that is there."
    )
    rows = (
        (p["namespace"], p["name"], p["otherNamespace"], p["otherName"], "" if p["known"] else "new")
        for p in found["pairs"]
    )
    if found["pairs"]:
        print_table(("NAMESPACE", "NAME", "OTHER NAMESPACE", "OTHER NAME", ""), rows)
    if len(found["pairs"]) < found["matched"]:
        click.echo(f"... and {found['matched'] - len(found['pairs']):,} more")


@alias.command()
@click.argument("rule")
@click.option("--reason", default="", help="Why; kept with the decision.")
@client_command
def remove(client: Client, as_json: bool, rule: str, reason: str) -> None:
    """Take a rule back, with all that it did."""
    answer = client.delete(f"/aliases/{rule}", reason=reason)
    if as_json:
        print_json(answer)
    else:
        click.echo(f"{answer['id']} is removed. The graph follows shortly: `headwater status --wait`.")


def _from(rule: dict[str, str]) -> str:
    return f"{rule['namespace']} {rule['name']}"


def _to(rule: dict[str, str]) -> str:
    return f"{rule['toNamespace']} {rule['toName']}"
