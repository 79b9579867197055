"""Every Cypher statement, one in a file; the comment at its head says parameters and result columns."""

from functools import cache
from importlib.resources import files


@cache
def statement(name: str) -> str:
    """Return the text of a statement by its path without ending, e.g. ``write/facts``."""
    return files(__package__).joinpath(f"{name}.cypher").read_text(encoding="utf-8")


def read_all() -> None:
    """Read every statement now: an upgrade of the files under a running server must not mix old code and new Cypher."""
    for folder in ("read", "write"):
        for file in files(__package__).joinpath(folder).iterdir():
            if file.name.endswith(".cypher"):
                statement(f"{folder}/{file.name.removesuffix('.cypher')}")
