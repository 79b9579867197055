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

    def meet(self, queries: Queries, keys: Iterable[str]) -> set[str]:
        """Learn all names of these datasets; return the keys of the names that were not met before."""
        fresh = {*keys} - self._names.keys()
        if not fresh:
            return fresh
        learnt: dict[str, Names] = {key: (key,) for key in fresh}
        for found in queries.read("names_of", keys=sorted(fresh))["found"]:
            learnt.update(dict.fromkeys(found, tuple(sorted(found))))
        fresh = learnt.keys() - self._names.keys()
        self._names.update(learnt)
        return fresh

    def of(self, key: str) -> Names:
        """Return the keys of all names of a dataset that was met, its own one among them."""
        return self._names.get(key, (key,))
