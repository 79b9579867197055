"""Errors of the graph.

GraphError
├── GraphUnavailable   the database does not answer: try again later
├── GraphRefused       wrong user, password or database, or a graph that is not this Headwater's: a person must act
├── LeaseLost          another projector writes this graph
├── QueryRefused       the caller's Cypher is not read-only, or is not allowed
│   └── QueryFailed        it is wrong: a mistake in it, or a parameter that is missing
├── QueryTimeout       the database ended a query because it took too long
└── GraphOutOfMemory   a transaction needs more memory than the database gives: less at once, or more memory
"""


class GraphError(Exception):
    """Base of all errors of this package; the message says what was wrong, where, and what to do."""


class GraphUnavailable(GraphError):
    """The database cannot be reached now; the same call may succeed later."""


class GraphRefused(GraphError):
    """The database answers but must not or cannot be used like this."""


class LeaseLost(GraphRefused):
    """Another projector holds the lease on this graph."""


class QueryRefused(GraphError):
    """A caller's Cypher statement that may not run."""


class QueryFailed(QueryRefused):
    """A caller's Cypher statement that the database cannot run as it is."""


class QueryTimeout(GraphError):
    """A query that the database ended because it took too long."""


class GraphOutOfMemory(GraphError):
    """A transaction that the database ended because it needed too much memory; less at once may be possible."""
