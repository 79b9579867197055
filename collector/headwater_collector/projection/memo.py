"""Remembering what was made of bytes: producers send the same facets with every event. Bounded in number and size."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


def remembered(entries: int, largest: int) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Keep the latest results of a pure function whose last argument is bytes, of at most `largest` of them."""

    def of(work: Callable[P, T]) -> Callable[P, T]:
        known = cast(Callable[P, T], lru_cache(maxsize=entries)(work))

        @wraps(work)
        def found(*given: P.args, **named: P.kwargs) -> T:
            small = len(cast(bytes, given[-1])) <= largest
            return known(*given, **named) if small else work(*given, **named)

        return found

    return of
