"""``headwater digest``: one number for the whole graph."""

from pathlib import Path
from typing import Any

import click

from headwater_collector.cli.output import print_json


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path), help="Data folder. [env: HEADWATER_DATA_DIR]")
@click.option("--neo4j-uri", help="Neo4j to read instead of the managed one. [env: HEADWATER_NEO4J_URI]")
@click.option("--neo4j-user", help="Its user. [env: HEADWATER_NEO4J_USER]")
@click.option("--neo4j-database", help="Its database. [env: HEADWATER_NEO4J_DATABASE]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def digest(as_json: bool, **options: Any) -> None:
    """Print the digest of the graph: equal graphs, and only those, have equal digests.

    The managed Neo4j is asked where it runs, or is started for the time of the command. Events that are taken in
    meanwhile change the digest: it is of one moment only when nothing is.
    """
    from headwater_collector.graph_access import graph_in_use
    from headwater_collector.settings import load_settings

    with graph_in_use(load_settings(**options)) as graph:
        standing, found = graph.standing(), graph.digest()
    if as_json:
        print_json(
            {
                "digest": found.sha256,
                "nodes": found.nodes,
                "relationships": found.relationships,
                "log": standing.log,
                "position": standing.position,
                "projection": standing.projection,
            }
        )
        return
    click.echo(f"Digest  {found.sha256}")
    click.echo(f"Of      {found.nodes:,} nodes and {found.relationships:,} relationships at {graph.address}")
    if standing.log:
        click.echo(f"Built   from log {standing.log} up to entry {standing.position}, projection {standing.projection}")
