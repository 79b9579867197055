"""Which bodies may be of events that speak of certain scopes: a search for their names that misses none.

Names stand in an event as JSON strings, and a JSON string can be written in many ways. Without ``\\u`` and ``\\/`` in
the body there is only one: that is searched for. A body with either is always taken as one that may mention them.
"""

import re
from collections.abc import Iterable
from typing import Final

import orjson

from headwater_collector.projection.saying import Saying

MOST: Final = 200
"""More names than this are not searched for one by one: reading every event costs less."""

_NUMBER: Final = re.compile(r"[-+.0-9eEinfa]+")


class Mentions:
    """The names of the scopes that some events speak of."""

    def __init__(self, sayings: Iterable[Saying]) -> None:
        """Note the names."""
        runs, named = set[str](), set[tuple[str, str]]()
        for saying in sayings:
            runs.update(facts.run_id for facts in saying.runs.values())
            named.update((facts.name, facts.namespace) for facts in saying.jobs.values())
            named.update((facts.name, facts.namespace) for facts in saying.datasets.values())
        # A run id may be sent as a number, and 1e3 is the run 1000.0.
        self._all = len(runs) + len(named) > MOST or any(_NUMBER.fullmatch(run) for run in runs)
        self._runs = [_written(run).lower() for run in sorted(runs)]
        self._named = [(_written(name), _written(namespace)) for name, namespace in sorted(named)]

    def maybe(self, body: bytes) -> bool:
        """Return whether the body may name one of them; False only if it certainly does not."""
        if self._all or (b"\\" in body and (b"\\u" in body or b"\\/" in body)):  # most have no backslash at all
            return True
        if any(name in body and namespace in body for name, namespace in self._named):
            return True
        lower = body.lower()  # the same UUID in another case is the same run
        return any(run in lower for run in self._runs)


def _written(text: str) -> bytes:
    return orjson.dumps(text)[1:-1]
