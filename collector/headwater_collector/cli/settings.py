"""``headwater settings``: every setting with its value and where it comes from."""

from dataclasses import asdict

import click

from headwater_collector.cli.output import print_json, print_table
from headwater_collector.settings import load_settings, settings_table, unknown_variables


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def settings(as_json: bool) -> None:
    """List every setting with its value, as the environment sets it."""
    rows = settings_table(load_settings())
    unknown = unknown_variables()
    if as_json:
        print_json({"settings": [asdict(row) for row in rows], "unknown": unknown})
        return
    print_table(("VARIABLE", "VALUE", "MEANING"), ((row.env_var, row.value, row.description) for row in rows))
    for name in unknown:
        click.echo(f"Warning: no setting reads {name}.", err=True)
