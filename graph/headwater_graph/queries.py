"""Reading the graph: every question is one statement in `statements/read`, run in read access mode under a timeout."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import neo4j
from neo4j.exceptions import Neo4jError

from headwater_graph.driver_errors import graph_errors
from headwater_graph.errors import GraphError, GraphUnavailable
from headwater_graph.statements import statement

BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Earlier than any event."""

OPEN_END: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""`endedAt` of an edge that stands, see `headwater_graph.vocabulary.OPEN_END`."""

_BOUND: Final = "*0..1000000"
_WORDS: Final = re.compile(r"\w+")
_LONGEST_WORD: Final = 40


@dataclass(frozen=True, slots=True)
class Queries:
    """Runs the read statements on one database."""

    driver: neo4j.Driver
    database: str | None = None
    timeout: float = 30.0
    """Seconds after which the server ends a statement."""

    def read(self, name: str, /, *, hops: int | None = None, **parameters: Any) -> dict[str, Any]:
        """Run a statement that returns one row and return the row; `hops` bounds its traversal in relationships.

        Raises `GraphUnavailable` when the database does not answer, `QueryTimeout` when it took too long, and
        `GraphRefused` when the database does not let us in.
        """
        text = statement(f"read/{name}")
        if hops is not None:
            text = text.replace(_BOUND, f"*0..{hops}")
        try:
            return self._row(text, parameters)
        except GraphUnavailable:
            # A pooled connection may have died with an earlier server process; a fresh one may do.
            return self._row(text, parameters)

    def _row(self, text: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
        with reading(self.driver, self.database) as session:
            query = neo4j.Query(text, timeout=self.timeout)
            record = session.run(query, dict(parameters)).single(strict=True)
            return dict(zip(record.keys(), record.values(), strict=True))


@contextmanager
def reading(driver: neo4j.Driver, database: str | None) -> Iterator[neo4j.Session]:
    """Open a session that cannot write, and turn what the driver raises into this package's errors."""
    try:
        with (
            graph_errors(),
            driver.session(
                database=database, default_access_mode=neo4j.READ_ACCESS, notifications_min_severity="OFF"
            ) as session,
        ):
            yield session
    except Neo4jError as error:
        raise GraphError(f"Neo4j answered {error.code}: {error.message}") from error


def phrase(text: str) -> str:
    """Return the full-text query for names that hold the words of a text next to each other."""
    return 'name:"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def ending(text: str) -> str | None:
    """Return the full-text query for names that can end with a text, None if it holds no word."""
    words = _WORDS.findall(text.lower())
    return f"name:*{words[-1][-_LONGEST_WORD:]}" if words else None


def like(text: str) -> str | None:
    """Return the full-text query for names that hold all words of a text, or near ones, None if it holds no word."""
    words = [word[:_LONGEST_WORD] for word in _WORDS.findall(text.lower())][:8]
    return " AND ".join(f"({w}^8 {w}*^4 *{w}*^2 {w}~1)" if len(w) > 2 else f"({w}^8 {w}*^4)" for w in words) or None


def near(text: str) -> str | None:
    """Return the full-text query for names that a misspelt text may mean, None if it holds no word."""
    found = _WORDS.findall(text.lower())
    words = sorted({part[:_LONGEST_WORD] for word in found for part in (word, *word.split("_")) if part})[:16]
    return " ".join(f"{w}~2 *{w}* *{w[:4]}* *{w[-4:]}*" if len(w) > 3 else f"{w}~1 {w}*" for w in words) or None
