"""Reading the graph: every question is one statement in `statements/read`, run in read access mode under a timeout."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import Any, Final

import neo4j
from neo4j.exceptions import (
    AuthError,
    ClientError,
    DriverError,
    Neo4jError,
    ServiceUnavailable,
    SessionExpired,
    TransientError,
)

from headwater_graph.errors import GraphError, GraphRefused, GraphUnavailable, QueryTimeout

BEGINNING: Final = datetime(1, 1, 1, tzinfo=UTC)
"""Earlier than any event."""

OPEN_END: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""`endedAt` of an edge that stands, see `headwater_graph.vocabulary.OPEN_END`."""

_BOUND: Final = "*0..1000000"
_LUCENE: Final = re.compile(r'([+\-!(){}\[\]^"~*?:\\/&|])')
_WORDS: Final = re.compile(r"\w+")
_LONGEST_WORD: Final = 200


@cache
def statement(name: str) -> str:
    """Return the text of ``statements/read/<name>.cypher``."""
    return files(__package__).joinpath("statements", "read", f"{name}.cypher").read_text("utf-8")


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
        text = statement(name)
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
        with driver.session(
            database=database, default_access_mode=neo4j.READ_ACCESS, notifications_min_severity="OFF"
        ) as session:
            yield session
    except (ServiceUnavailable, SessionExpired) as error:
        raise GraphUnavailable(f"Neo4j does not answer: {error}. Is it running?") from error
    except AuthError as error:
        raise GraphRefused(f"Neo4j refuses the user or password: {error.message}") from error
    except Neo4jError as error:
        raise _mapped(error) from error
    except DriverError as error:
        raise GraphUnavailable(f"Neo4j could not be asked: {error}") from error


def _mapped(error: Neo4jError) -> GraphError:
    code = error.code or ""
    if "TransactionTimedOut" in code or (isinstance(error, ClientError) and "Terminated" in code):
        return QueryTimeout("The database ended the query because it took too long; ask for less (depth, limit).")
    if "Database.DatabaseNotFound" in code:
        return GraphRefused(f"{error.message} Set HEADWATER_NEO4J_DATABASE to one that exists.")
    if isinstance(error, TransientError):
        return GraphUnavailable(f"Neo4j could not answer now: {error.message}")
    return GraphError(f"Neo4j answered {code}: {error.message}")


def phrase(text: str) -> str:
    """Return the full-text query for names that hold the words of a text next to each other."""
    return 'name:"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def ending(text: str) -> str | None:
    """Return the full-text query for names that can end with a text, None if it holds no word."""
    words = _WORDS.findall(text.lower())
    if not words or len(words[-1]) > _LONGEST_WORD:
        return None
    return f"name:*{words[-1]}"


def like(text: str) -> str | None:
    """Return the full-text query for names that hold all words of a text, or near ones, None if it holds no word."""
    words = [_LUCENE.sub(r"\\\1", word) for word in _WORDS.findall(text.lower())][:8]
    if not words:
        return None
    return " AND ".join(f"({w}^8 {w}*^4 *{w}*^2 {w}~1)" if len(w) > 2 else f"({w}^8 {w}*^4)" for w in words)


def near(text: str) -> str | None:
    """Return the full-text query for names that a misspelt text may mean, None if it holds no word."""
    words = [w for word in _WORDS.findall(text.lower()) for w in {word, *word.split("_")} if w][:16]
    if not words:
        return None
    return " ".join(f"{w}~2 *{w}* {w[:3]}*" if len(w) > 3 else f"{w}~1 {w}*" for w in words)
