"""``headwater folds``: the rules by which answers show several datasets as one, and the parts of a dataset."""

import click

from headwater_collector.answers.node import names_in
from headwater_collector.cli.client import Client, client_command
from headwater_collector.cli.output import print_json, print_table


@click.command()
@click.argument("name", required=False)
@client_command
def folds(client: Client, as_json: bool, name: str | None) -> None:
    """Show the rules that fold partitions and part files into their dataset, or the parts of the dataset NAME.

    HEADWATER_FOLD_RULES names a file with rules of your own; --granularity operation shows an answer unfolded.
    """
    answer = client.get("/folds", of=name)
    if as_json:
        print_json(answer)
    elif name is None:
        rows = ((r["name"], r["description"], r["beside"], r["pattern"]) for r in answer["rules"])
        print_table(("RULE", "FOLDS", "ONLY BESIDE", "PATTERN"), rows)
    elif answer["parts"]:
        print_table(("PART", "NAMESPACE"), (names_in(key)[::-1] for key in answer["parts"]))
    else:
        click.echo("It has no parts.", err=True)
        raise click.exceptions.Exit(1)
