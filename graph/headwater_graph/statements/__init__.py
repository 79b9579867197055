"""Every Cypher statement, one in a file; the comment at its head says parameters and result columns."""

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """Return the text of a statement by its path without ending, e.g. ``write/facts``."""
    return files(__package__).joinpath(f"{name}.cypher").read_text(encoding="utf-8")
