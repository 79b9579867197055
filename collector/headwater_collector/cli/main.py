"""The group of all commands; each is imported only when it runs."""

import sys
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from typing import Final

import click


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a command is, and what ``headwater --help`` says of it without importing it."""

    target: str
    help: str


COMMANDS: Final[dict[str, Entry]] = {
    "serve": Entry("headwater_collector.cli.serve:serve", "Receive events, keep the graph and answer, until Ctrl-C."),
    "upstream": Entry("headwater_collector.cli.lineage:upstream", "Show everything that a thing was made from."),
    "downstream": Entry("headwater_collector.cli.lineage:downstream", "Show everything that was made from a thing."),
    "folds": Entry("headwater_collector.cli.folds:folds", "Show which datasets answers take as parts of one."),
    "search": Entry("headwater_collector.cli.search:search", "Find datasets and jobs by words of their names."),
    "facets": Entry("headwater_collector.cli.facets:facets", "List the facets kept whole, or who has one."),
    "cypher": Entry("headwater_collector.cli.cypher:cypher", "Ask the graph in Cypher, reading only."),
    "status": Entry("headwater_collector.cli.status:status", "Tell how far the graph is behind the log."),
    "events": Entry("headwater_collector.cli.events:events", "See what became of each event; retry or exclude some."),
    "alias": Entry("headwater_collector.cli.alias:alias", "Join datasets that have two names, by rules."),
    "decisions": Entry("headwater_collector.cli.decisions:decisions", "List what operators decided."),
    "keys": Entry("headwater_collector.cli.keys:keys", "Create, list and revoke API keys."),
    "replay": Entry("headwater_collector.cli.replay:replay", "Build the graph anew from the event log, and compare."),
    "digest": Entry("headwater_collector.cli.digest:digest", "Print one number for the whole graph."),
    "settings": Entry("headwater_collector.cli.settings:settings", "List every setting with its value."),
    "demo": Entry("headwater_collector.cli.demo:demo", "Play a story of three days and ask about it."),
    "doctor": Entry("headwater_collector.cli.doctor:doctor", "Check the whole installation."),
}
"""All commands by name, in the order of the help. One line each: a new command needs no other change."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they run."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands from the table alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.help) for name, entry in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(version("headwater"), prog_name="headwater")
def headwater() -> None:
    """Take OpenLineage events in, and tell what stands behind a dataset, a model or a prediction."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit; an error is one sentence on stderr and a stable exit code."""
    try:
        # Not standalone, click returns the exit code that a command asked for by raising `Exit`.
        code = headwater.main(arguments, prog_name="headwater", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        _stop_writing()
    except Exception as error:
        sys.exit(_report(error))
    sys.exit(code if isinstance(code, int) else 0)


def _stop_writing() -> None:
    """End quietly when the reader of our output has gone, as in ``headwater events list | head``."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(141)


def _report(error: Exception) -> int:
    from headwater_collector.cli.failure import exit_code_of

    code = exit_code_of(error)
    if code is None:
        raise error
    click.echo(f"Error: {error}", err=True)
    return code
