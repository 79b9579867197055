"""``headwater doctor``: checks settings, disk, server, Neo4j, clocks and backlog, and says what to do."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import click

from headwater_collector.cli.client import Client
from headwater_collector.cli.failure import NO
from headwater_collector.cli.output import print_json, print_table
from headwater_collector.data_folder import DataFolder
from headwater_collector.errors import HeadwaterError
from headwater_collector.server.access import check_binding
from headwater_collector.settings import Settings, load_settings, unknown_variables

_MARKS: Final = {"ok": "ok", "warning": "WARNING", "failed": "FAILED"}
_FREE_BYTES: Final = 2 * 1024**3
_CLOCK_SECONDS: Final = 2.0
_BACKLOG: Final = 10_000


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check."""

    check: str
    state: str
    """ok, warning or failed."""
    detail: str


@click.command()
@click.option("--url", metavar="URL", help="Address of the server. [env: HEADWATER_URL]")
@click.option("--data-dir", type=click.Path(path_type=Path), help="The server's data folder.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")
def doctor(url: str | None, data_dir: Path | None, as_json: bool) -> None:
    """Check the whole installation; exit code 1 if something failed."""
    settings = load_settings(url=url, data_dir=data_dir)
    findings = [finding for check in CHECKS for finding in _safely(check, settings)]
    failed = any(finding.state == "failed" for finding in findings)
    if as_json:
        print_json({"healthy": not failed, "findings": [asdict(finding) for finding in findings]})
    else:
        print_table(("CHECK", "", "DETAIL"), ((f.check, _MARKS[f.state], f.detail) for f in findings))
    raise click.exceptions.Exit(NO if failed else 0)


def _safely(check: Callable[[Settings], Iterator[Finding]], settings: Settings) -> Iterator[Finding]:
    from headwater_graph.errors import GraphError

    try:
        yield from check(settings)
    except (HeadwaterError, GraphError) as error:
        yield Finding(check.__name__.strip("_"), "failed", str(error))


def _settings(settings: Settings) -> Iterator[Finding]:
    unknown = unknown_variables()
    detail = f"no setting reads {', '.join(unknown)}" if unknown else "all variables are known"
    yield Finding("settings", "warning" if unknown else "ok", detail)


def _binding(settings: Settings) -> Iterator[Finding]:
    from headwater_collector.api_keys import ApiKeys

    keys = ApiKeys(DataFolder(settings.data_dir).keys)
    check_binding(settings.host, keys)
    yield Finding("binding", "ok", f"{settings.host}, {'API keys demanded' if keys.any() else 'no API key needed'}")


def _disk(settings: Settings) -> Iterator[Finding]:
    data = DataFolder(settings.data_dir)
    free = shutil.disk_usage(data.path).free
    state = "ok" if free > _FREE_BYTES else "warning"
    size = data.log.stat().st_size if data.log.exists() else 0
    yield Finding("disk", state, f"{data.path}: {free >> 20:,} MiB free, event log {size >> 20:,} MiB")


def _server(settings: Settings) -> Iterator[Finding]:
    with Client(settings.url, timeout=10) as client:
        found = client.get("/status")
    yield Finding("server", "ok", f"Headwater {found['version']} at {settings.url}")
    yield from _log(found)
    graph = found["graph"]
    detail = graph["problem"] or f"{graph['address']} is reached by the server"
    yield Finding("projection", "ok" if graph["reachable"] else "failed", detail)


def _log(found: dict[str, Any]) -> Iterator[Finding]:
    problem, pending, failed = found["log"]["problem"], found["pending"], found["events"]["failed"]
    yield Finding("log", "failed" if problem else "ok", problem or f"{found['log']['end']:,} events")
    yield Finding("backlog", "warning" if pending > _BACKLOG else "ok", f"{pending:,} events not yet in the graph")
    hint = ": see `headwater events list --status failed`" if failed else ""
    yield Finding("events", "warning" if failed else "ok", f"{failed:,} could not be applied{hint}")


def _neo4j(settings: Settings) -> Iterator[Finding]:
    """Ask the given Neo4j, or the managed one while it runs, from here."""
    from headwater_graph.connection import address_of, connect, server_facts

    login = _login(settings)
    if login is None:
        yield Finding("neo4j", "ok", "managed; it is not running now, so it was not asked")
        return
    with connect(*login) as driver:
        facts = server_facts(driver, settings.neo4j_database)
    yield Finding("neo4j", "ok", f"{address_of(login[0])}: Neo4j {facts.version} {facts.edition}")
    ahead = facts.clock_ahead_seconds
    yield Finding("clock", "ok" if abs(ahead) < _CLOCK_SECONDS else "warning", f"Neo4j's is {ahead:+.1f} s from ours")
    missing = expected_constraints() - set(facts.constraints)
    detail = f"missing: {', '.join(sorted(missing))}; a running server makes them" if missing else "all there"
    yield Finding("constraints", "warning" if missing else "ok", detail)


def expected_constraints() -> set[str]:
    """Return the names of the constraints that the migrations make."""
    import re

    from headwater_graph import migrations

    texts = (text for migration in migrations.pending({}) for text in migration.statements)
    return {name for text in texts for name in re.findall(r"CREATE CONSTRAINT (\w+)", text)}


def _login(settings: Settings) -> tuple[str, str, str] | None:
    if settings.neo4j_uri:
        password = settings.neo4j_password.get_secret_value() if settings.neo4j_password else ""
        return settings.neo4j_uri, settings.neo4j_user, password
    with Client(settings.url, timeout=10) as client:
        address = client.get("/status")["graph"]["address"]
    password_file = DataFolder(settings.data_dir).neo4j / "password"
    if not address or not password_file.exists():
        return None
    return address, "neo4j", password_file.read_text(encoding="utf-8").strip()


CHECKS: Final = (_settings, _binding, _disk, _server, _neo4j)
