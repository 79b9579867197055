"""The one place where errors of the Neo4j driver become errors of the graph."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from neo4j.exceptions import AuthError, ClientError, ConfigurationError, DriverError, Neo4jError, TransientError

from headwater_graph.errors import GraphOutOfMemory, GraphRefused, GraphUnavailable, QueryTimeout

_MORE_MEMORY: Final = (
    "Neo4j has too little memory for this transaction. Start it with more: the managed one by HEADWATER_NEO4J_HEAP_MB, "
    "one of your own by its server.memory.heap.max_size, and by dbms.memory.transaction.total.max and "
    "db.memory.transaction.max where they are set"
)


@contextmanager
def graph_errors() -> Iterator[None]:
    """Turn the driver's errors into ours."""
    try:
        yield
    except AuthError as error:
        raise GraphRefused(f"Neo4j refuses the user or password: {error.message}") from error
    except ConfigurationError as error:
        raise GraphRefused(f"Neo4j cannot be used with these settings: {error}") from error
    except TransientError as error:
        if "OutOfMemory" in (error.code or ""):
            said = (error.message or "").rstrip(". ")
            raise GraphOutOfMemory(f"{_MORE_MEMORY}. It said: {said}.") from error
        raise GraphUnavailable(f"Neo4j asks to try again later: {error.message}") from error
    except DriverError as error:
        # Only what it says first: the rest repeats it for every address that the name resolves to.
        said = str(error).partition("\n")[0].rstrip(":")
        raise GraphUnavailable(f"Neo4j does not answer: {said}.") from error
    except ClientError as error:
        code = error.code or ""
        if "Database.DatabaseNotFound" in code:
            raise GraphRefused(f"{error.message} (set HEADWATER_NEO4J_DATABASE)") from error
        if "TransactionTimedOut" in code:
            raise QueryTimeout("The database ended the query: it took too long. Ask for less.") from error
        if code.startswith("Neo.ClientError.Security."):
            raise GraphRefused(f"Neo4j does not let this user do it: {error.message}") from error
        if code.endswith((".Transaction.Terminated", ".Transaction.LockClientStopped")):
            raise GraphUnavailable(f"Neo4j ended the transaction: {error.message}") from error
        raise
    except Neo4jError as error:
        if (error.code or "").startswith(("Neo.TransientError", "Neo.DatabaseError")):
            raise GraphUnavailable(f"Neo4j cannot do it now: {error.message}") from error
        raise
