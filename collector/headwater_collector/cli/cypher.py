"""``headwater cypher``: a question in Cypher, answered as a table or as JSON."""

import json
import sys
from typing import Any

import click

from headwater_collector.cli.client import Client, client_command
from headwater_collector.cli.output import print_json, print_table


@click.command()
@click.argument("query")
@click.option("-p", "--param", "parameters", multiple=True, metavar="NAME=VALUE", help="A $parameter; JSON, else text.")
@click.option("--limit", type=click.IntRange(1), help="Most rows.")
@client_command
def cypher(client: Client, as_json: bool, query: str, parameters: tuple[str, ...], limit: int | None) -> None:
    """Run a Cypher QUERY that only reads ('-' reads it from standard input); EXPLAIN before it shows its plan."""
    text = sys.stdin.read() if query == "-" else query
    values = dict(_parameter(parameter) for parameter in parameters)
    answer = client.post("/cypher", {"query": text, "parameters": values, "limit": limit})
    if as_json:
        print_json(answer)
        return
    print_table(answer["columns"], [[_cell(value) for value in row] for row in answer["rows"]])
    if answer["truncated"]:
        click.echo(f"There are more rows: these are the first {len(answer['rows']):,}.", err=True)


def _parameter(text: str) -> tuple[str, Any]:
    name, sign, value = text.partition("=")
    if not sign or not name:
        raise click.UsageError(f"--param {text}: it is NAME=VALUE.")
    try:
        return name.removeprefix("$"), json.loads(value)
    except ValueError:
        return name.removeprefix("$"), value


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)
