"""Everything that a person can use is in the README, and what the README names is there."""

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from headwater_collector.api_keys import ApiKeys
from headwater_collector.body import Budget
from headwater_collector.cli.main import COMMANDS, headwater
from headwater_collector.data_folder import DataFolder
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.server.app import create_app
from headwater_collector.server.services import Services
from headwater_collector.settings import load_settings, settings_table, unknown_variables
from headwater_graph.facets import schemas
from headwater_graph.vocabulary import EVIDENCE, LABELS, RELATIONSHIPS
from headwater_integrations import facets
from starlette.routing import BaseRoute, Route

from tests.docs import readme
from tests.docs.commands import check_line, commands

ALL_COMMANDS = dict(commands())
API = "/api/headwater/v1"
WHOLE = ("/api/", "/health/", "/metrics", "/docs", "/openapi.json")
"""How the paths begin that do not follow on the API's prefix."""
UNDOCUMENTED = re.compile(r"/docs/assets/.*")
"""What only a page of ours loads."""


@pytest.mark.parametrize("path", [path for path, it in ALL_COMMANDS.items() if not isinstance(it, click.Group)])
def test_every_command_is_there(path: str) -> None:
    named = rf"(?m)^headwater {path}(?![\w-])"
    assert any(re.match(named, line) for line in readme.command_lines()), f"README.md never shows `headwater {path}`"


def test_the_command_line_has_the_commands_that_were_promised() -> None:
    """A command that never lands would be missing from the tree, and so from every other check here."""
    promised = {"serve", "demo", "upstream", "downstream", "search", "cypher", "status", "events", "keys", "settings"}
    assert promised | {"doctor", "replay", "digest"} <= set(ALL_COMMANDS)


@pytest.mark.parametrize("line", readme.command_lines())
def test_every_command_line_would_be_understood(line: str) -> None:
    try:
        check_line(line)
    except click.MissingParameter:
        # A sentence may name a command and nothing more.
        assert line in readme.spans()
        assert line.removeprefix("headwater ") in ALL_COMMANDS


@pytest.mark.parametrize(
    "line", ["headwater nothing", "headwater status --nothing", "headwater events nothing", "headwater upstream"]
)
def test_a_wrong_line_is_found(line: str) -> None:
    with pytest.raises(click.UsageError):
        check_line(line)


@pytest.mark.parametrize("path", ["", *ALL_COMMANDS])
def test_every_command_has_a_help_text(path: str) -> None:
    command = ALL_COMMANDS[path] if path else headwater
    assert command.help
    for parameter in command.params:
        assert isinstance(parameter, click.Argument) or getattr(parameter, "help", None), parameter.opts
    shown = CliRunner().invoke(headwater, [*path.split(), "--help"])
    assert shown.exit_code == 0
    assert re.sub(r"\s+", " ", command.help.partition("\n\n")[0]) in re.sub(r"\s+", " ", shown.output)


def test_the_short_helps_say_something() -> None:
    assert all(entry.help.endswith(".") for entry in COMMANDS.values())


@pytest.fixture
def routes(tmp_path: Path) -> set[str]:
    """Every method and path of the application."""
    data = DataFolder(tmp_path)
    with closing(SqliteEventLog(data.log)) as log, closing(EventIndex(log, data.index)) as index:
        services = Services(log, index, ApiKeys(data.keys), load_settings(), Budget(1))
        return set(_routes(create_app(services).routes))


def _routes(routes: Iterable[BaseRoute]) -> Iterator[str]:
    for route in routes:
        if isinstance(route, Route):
            if not UNDOCUMENTED.fullmatch(route.path):
                yield from (f"{method} {route.path}" for method in (route.methods or set()) - {"HEAD"})
        else:
            # A router that was included; anything else that is no route has no routes and fails here.
            yield from _routes(route.original_router.routes)  # type: ignore[attr-defined]


def _documented_routes() -> Iterator[str]:
    """Yield what the table of paths says: a method goes on to the next path, ``/jobs`` follows on the API's prefix."""
    for cells in readme.table_rows("Ask"):
        method = ""
        for span in re.findall(r"`([^`]+)`", cells[0]):
            said, _, path = span.rpartition(" ")
            method, path = said or method, path.partition("?")[0]
            yield f"{method} {path if path.startswith(WHOLE) else API + path}"


def test_every_route_is_there_and_no_other(routes: set[str]) -> None:
    assert set(_documented_routes()) == routes


@pytest.mark.parametrize("name", [row.env_var for row in settings_table(load_settings())])
def test_every_setting_is_there(name: str) -> None:
    assert name in readme.spans()


def test_every_variable_is_a_setting() -> None:
    named = set(re.findall(r"\bHEADWATER_[A-Z0-9_]+\b", readme.text()))
    assert unknown_variables(dict.fromkeys(named, "")) == []


@pytest.mark.parametrize("name", [*(it.name for it in (*LABELS, *RELATIONSHIPS)), *EVIDENCE])
def test_every_word_of_the_graph_is_there(name: str) -> None:
    assert name in readme.spans()


@pytest.mark.parametrize("label", [extra for label in LABELS for extra in label.extra_labels])
def test_every_extra_label_is_there(label: str) -> None:
    assert label in readme.spans()


def test_the_picture_speaks_of_what_there_is() -> None:
    picture = "".join(readme.blocks("mermaid"))
    drawn = set(re.findall(r"-\.? ([A-Z_]+) \.?-", picture))
    assert drawn
    assert drawn <= {type_.name for type_ in RELATIONSHIPS}
    labels = {
        name for text in re.findall(r"[(\[{]{2}([A-Z]\w+(?::\w+)?)(?:<br>|[)\]}])", picture) for name in text.split(":")
    }
    assert labels
    assert labels <= {name for label in LABELS for name in (label.name, *label.extra_labels)} | {"Run of load"}


def test_the_size_of_the_download_is_right() -> None:
    lines = (files("headwater_graph.local_neo4j") / "neo4j.lock").read_text().splitlines()
    megabytes = sum(int(line.split()[1]) for line in lines if not line.startswith("#")) / 1e6
    (said,) = re.findall(r"about (\d+) MB, once", readme.text())
    assert abs(int(said) - megabytes) < 10


def test_every_custom_facet_is_there() -> None:
    keys = {value for name, value in vars(facets).items() if name.isupper() and str(value).startswith("headwater_")}
    assert len(keys) == len(schemas())
    first = [cells[0] for cells in readme.table_rows("Custom facets")]
    assert {cell.strip("`") for cell in first if cell.startswith("`")} == keys


@pytest.mark.parametrize("target", [link for link in readme.links() if "://" not in link])
def test_every_link_into_the_repository_leads_somewhere(target: str) -> None:
    assert (readme.ROOT / target.partition("#")[0]).exists()


@pytest.mark.parametrize("name", ["deploy/", "graph/headwater_graph/facets", "LICENSE", "CHANGELOG.md"])
def test_files_that_are_named_are_linked(name: str) -> None:
    assert name in readme.links()
