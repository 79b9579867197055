"""Numbered migrations of the graph, forward only, recorded in it with a checksum."""

from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files

from headwater_graph.errors import GraphRefused


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration: its name, the statements in order, and the checksum of its text."""

    name: str
    statements: tuple[str, ...]
    checksum: str


def known_migrations() -> list[Migration]:
    """Return all migrations in order."""
    found = sorted(f.name for f in files(__package__).iterdir() if f.name.endswith(".cypher"))
    return [_read(name) for name in found]


def pending(applied: dict[str, str]) -> list[Migration]:
    """Return the migrations that a graph lacks, from the names and checksums of those it has.

    Raises `GraphRefused` if it has one that this Headwater does not know, or that had another text.
    """
    known = {migration.name: migration for migration in known_migrations()}
    for name, checksum in applied.items():
        if name not in known:
            raise GraphRefused(f"the graph has migration {name}, which this Headwater does not know: upgrade Headwater")
        if known[name].checksum != checksum:
            raise GraphRefused(f"migration {name} was applied with another text: replay into an empty database")
    return [migration for migration in known.values() if migration.name not in applied]


def _read(name: str) -> Migration:
    text = files(__package__).joinpath(name).read_text(encoding="utf-8")
    code = "\n".join(line for line in text.splitlines() if not line.startswith("//"))
    statements = tuple(part.strip() for part in code.split(";") if part.strip())
    return Migration(name.removesuffix(".cypher"), statements, sha256(text.encode()).hexdigest())
