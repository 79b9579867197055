"""What becomes of a facet: projected, and into what, or kept whole. `fate_table` has a row for each that is known.

The projector looks every facet up there: what takes it apart, whose register it is, and whether it is kept besides.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from headwater_collector.projection.held import Held, held, says_more, unread
from headwater_collector.projection.kinds import OBJECT, Kind
from headwater_collector.projection.values import Extractor, Facet, compact

Level = Literal["run", "job", "dataset", "input", "output"]
"""Whose facet it is. What a run's event says of an input or output belongs to that access of that run."""

Kept = Literal["never", "more", "always"]
"""When a facet is kept whole: `more` where it holds something that nothing it is projected into does."""


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of the facets with one key."""

    level: Level
    key: str
    """Its key; that of a family ends with ``*``."""
    facet: str
    """Name of the facet's schema, or of who sends it."""
    into: Mapping[str, str] = field(default_factory=dict)
    """Properties and edges by the field that they hold; ``tests[].name`` is a field of each element of a list."""
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """What fields must be that are read as anything but a text, and those without which nothing is read."""
    extract: Extractor | None = None
    kept: Kept = "more"
    limits: Mapping[str, int] = field(default_factory=dict)
    """Longest text that a property holds of a field; of an object, its JSON."""
    more: Callable[[Facet], bool] | None = None
    """What else makes a facet worth keeping."""
    places: tuple[str, ...] = ()
    """Of an input or output: the members that it is found in, where not only in inputFacets or outputFacets."""
    only_of_runs: bool = False
    """Of an input or output: a JobEvent says it of the dataset."""
    also_of_dataset: bool = False
    """Of an input or output: it is a register of the dataset as well."""
    register: bool = True
    """False where what is said adds up instead of replacing what was said before."""
    _held: Held = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Group the projected fields."""
        object.__setattr__(self, "_held", held({"": OBJECT, **dict.fromkeys(self.into), **self.kinds}))

    @property
    def projected(self) -> bool:
        """Return whether any of it becomes more than a kept facet."""
        return bool(self.into)

    def unread(self, facet: Facet) -> Iterator[str]:
        """Yield each projected field that cannot be read, with what it must be."""
        return unread(facet, self._held) if self.projected else iter(())

    def keeps(self, facet: Facet) -> bool:
        """Return whether this facet is kept whole."""
        if self.kept != "more":
            return self.kept == "always"
        if any(_is_longer(facet.get(name), limit) for name, limit in self.limits.items()):
            return True
        return says_more(facet, self._held) or bool(self.more and self.more(facet))


def same(owner: str, names: str, of: str = "") -> dict[str, str]:
    """Return fields that properties of the same names hold."""
    return {f"{of}{name}": f"{owner}.{name}" for name in names.split()}


def _is_longer(value: Any, limit: int) -> bool:
    return value is not None and len(value if isinstance(value, str) else compact(value)) > limit
