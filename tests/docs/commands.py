"""The command line as a tree, and its own parsing of a line without running it."""

import shlex
from collections.abc import Iterator

import click
from headwater_collector.cli.main import headwater


def commands(group: click.Group = headwater, path: tuple[str, ...] = ()) -> Iterator[tuple[str, click.Command]]:
    """Yield every command and group of commands with what a person types to get it, ``headwater`` left out."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command, f"headwater {' '.join((*path, name))} is listed and does not exist"
        yield " ".join((*path, name)), command
        if isinstance(command, click.Group):
            yield from commands(command, (*path, name))


def check_line(line: str) -> None:
    """Raise `click.UsageError` if the command line would: an unknown command or option, a missing argument."""
    words = shlex.split(line, comments=True)
    command: click.Command = headwater
    context = click.Context(headwater, info_name=words.pop(0))
    while isinstance(command, click.Group) and words and not words[0].startswith("-"):
        name, found, words = command.resolve_command(context, words)
        assert found
        command, context = found, click.Context(found, parent=context, info_name=name)
    if not isinstance(command, click.Group) or words:
        command.make_context(context.info_name, words, parent=context.parent, resilient_parsing=False).close()
