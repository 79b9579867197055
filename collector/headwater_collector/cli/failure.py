"""From an error to the exit code of the command."""

from typing import Final

from headwater_graph.errors import GraphError, GraphUnavailable

from headwater_collector.errors import (
    BadRequest,
    Forbidden,
    HeadwaterError,
    NotFound,
    SetupError,
    Unauthorized,
    Unavailable,
)

NO: Final = 1
"""The answer is no."""
WRONG_USE: Final = 2
UNREACHABLE: Final = 3
REFUSED: Final = 4
NOT_FOUND: Final = 5
SETUP: Final = 6

_CODES: Final[tuple[tuple[tuple[type[Exception], ...], int], ...]] = (
    ((Unavailable, GraphUnavailable), UNREACHABLE),
    ((Unauthorized, Forbidden), REFUSED),
    ((NotFound,), NOT_FOUND),
    ((BadRequest,), WRONG_USE),
    ((SetupError, GraphError), SETUP),
    ((HeadwaterError,), NO),
)


def exit_code_of(error: Exception) -> int | None:
    """Return the exit code of an error that a person can understand, None for a bug."""
    for kinds, code in _CODES:
        if isinstance(error, kinds):
            return code
    return None
