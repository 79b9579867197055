"""What pure functions make of facts, kept with them."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Protocol, TypeVar


class _Keeps(Protocol):
    kept: dict[str, Any]


F = TypeVar("F", bound=_Keeps)
T = TypeVar("T")


def kept_with_facts(work: Callable[[F], T]) -> Callable[[F], T]:
    """Keep what a pure function makes of facts with them: it is asked for often, and only `merge` changes them."""

    @wraps(work)
    def found(facts: F) -> T:
        if work.__name__ not in facts.kept:
            facts.kept[work.__name__] = work(facts)
        result: T = facts.kept[work.__name__]
        return result

    return found
