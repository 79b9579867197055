"""All names of the datasets that an answer has met: what is said of one name is said of all."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from headwater_graph.queries import Queries

Names = tuple[str, ...]
"""Keys of all names of one dataset, sorted."""


@dataclass(slots=True)
class AliasNames:
    """The names that are known, of the datasets that were asked for."""

    _names: dict[str, Names] = field(default_factory=dict)
    _met: set[str] = field(default_factory=set)

    def meet(self, queries: Queries, keys: Iterable[str]) -> set[str]:
        """Learn all names of these datasets; return the keys of the names that were not met before."""
        fresh = {*keys} - self._met
        if not fresh:
            return fresh
        for found in queries.read("names_of", keys=sorted(fresh))["found"]:
            self._names.update(dict.fromkeys(found, tuple(sorted(found))))
            fresh.update(found)
        fresh -= self._met
        self._met |= fresh
        return fresh

    def of(self, key: str) -> Names:
        """Return the keys of all names of a dataset that was met, its own one among them."""
        return self._names.get(key) or (key,)
