"""``headwater serve``: everything in one process, until Ctrl-C or SIGTERM."""

import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from headwater_collector.server.host import Address


@click.command()
@click.option("--host", help="Address to listen on; any but loopback demands an API key. [env: HEADWATER_HOST]")
@click.option("--port", type=int, help="Port to listen on. [env: HEADWATER_PORT]")
@click.option("--data-dir", type=click.Path(path_type=Path), help="Data folder. [env: HEADWATER_DATA_DIR]")
@click.option("--neo4j-uri", help="Neo4j to use instead of a managed one. [env: HEADWATER_NEO4J_URI]")
@click.option("--neo4j-user", help="Its user. [env: HEADWATER_NEO4J_USER]")
@click.option("--neo4j-database", help="Its database. [env: HEADWATER_NEO4J_DATABASE]")
@click.option("--bolt-port", type=int, help="Bolt port of the managed Neo4j. [env: HEADWATER_BOLT_PORT]")
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), help="[env: HEADWATER_LOG_LEVEL]"
)
def serve(**options: Any) -> None:
    """Receive events, keep the graph and answer, until Ctrl-C.

    The password for --neo4j-uri is taken from HEADWATER_NEO4J_PASSWORD, or from the file that
    HEADWATER_NEO4J_PASSWORD_FILE names. `headwater settings` lists all settings.
    """
    from headwater_collector.server.graph_side import Reports
    from headwater_collector.server.host import Host
    from headwater_collector.settings import load_settings

    settings = load_settings(**options)
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)-7s %(name)s: %(message)s")
    logging.getLogger("neo4j").setLevel(logging.ERROR)  # its failures reach us as errors, and are reported once
    logging.getLogger("uvicorn").setLevel(max(logging.WARNING, logging.root.level))
    reports = Reports(ready=_tell_ready, warn=_warn, progress=_Downloading())
    Host(settings, reports=reports, listening=_tell_addresses).run()


def connection_lines(url: str, namespace: str = "my-namespace") -> str:
    """Return the lines to paste into producers."""
    transport = f'{{"type": "http", "url": "{url}", "endpoint": "api/v1/lineage"}}'
    return "\n".join(
        (
            "Airflow (2.7+, pip install apache-airflow-providers-openlineage), in its environment:",
            f"  AIRFLOW__OPENLINEAGE__TRANSPORT='{transport}'",
            "Spark 4, as options of spark-submit (Spark 3: openlineage-spark_2.12):",
            "  --packages io.openlineage:openlineage-spark_2.13:1.53.0 \\",
            "  --conf spark.extraListeners=io.openlineage.spark.agent.OpenLineageSparkListener \\",
            "  --conf spark.openlineage.transport.type=http \\",
            f"  --conf spark.openlineage.transport.url={url} \\",
            f"  --conf spark.openlineage.namespace={namespace}",
            "Python, dbt and others with the OpenLineage client, in their environment:",
            f"  OPENLINEAGE_URL={url}",
        )
    )


def _tell_addresses(address: "Address") -> None:
    click.echo(f"Headwater receives events at {address.url}/api/v1/lineage; API docs: {address.url}/docs")
    if address.stepped_over:
        click.echo(f"The usual port is busy. For commands of this installation: export HEADWATER_URL={address.url}")
    click.echo(connection_lines(address.url))


def _tell_ready(address: str) -> None:
    click.echo(f"Neo4j answers at {address}; the graph is being kept up to date. Ctrl-C stops.")


def _warn(sentence: str) -> None:
    click.echo(f"Warning: {sentence}", err=True)


class _Downloading:
    """Shows how far the first download of Neo4j is: a bar on a terminal, a line per tenth elsewhere."""

    def __init__(self) -> None:
        self._tenth = -1

    def __call__(self, progress: Any) -> None:
        tenth = 10 * progress.bytes // max(progress.total_bytes, 1)
        terminal = sys.stderr.isatty()
        if terminal or tenth > self._tenth:
            done, total = progress.bytes >> 20, progress.total_bytes >> 20
            click.echo(f"Downloading Neo4j, once: {done} of {total} MiB", err=True, nl=not terminal)
            if terminal:
                click.echo("\r" if progress.bytes < progress.total_bytes else "\n", err=True, nl=False)
        self._tenth = tenth
