"""What is said of datasets: inputs, outputs, and what feeds what."""

from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from headwater_collector.projection.facts.access import Access


@dataclass(slots=True)
class Said:
    """The inputs and outputs that events say, by dataset key."""

    inputs: dict[str, Access] = field(default_factory=dict)
    outputs: dict[str, Access] = field(default_factory=dict)
    lineage: dict[str, list[str]] = field(default_factory=dict)
    """Keys of the datasets that lineage facets name for an output; an empty list says that it has no upstream."""
    own: list[str] = field(default_factory=list)
    """Keys of the datasets of which lineage facets say only that the job reads them."""
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """See `kept_with_facts`."""

    def merge(self, other: "Said") -> None:
        """Take in what other events say."""
        self.kept.clear()
        for output, names in other.lineage.items():
            self.lineage[output] = sorted({*self.lineage.get(output, ()), *names})
        if other.own and other.own != self.own:
            self.own = sorted({*self.own, *other.own})
        for mine, theirs in ((self.inputs, other.inputs), (self.outputs, other.outputs)):
            for dataset, access in theirs.items():
                if dataset in mine:
                    mine[dataset].merge(access)
                else:
                    mine[dataset] = access

    def names_any(self) -> bool:
        """Return whether any dataset is an input or output."""
        return bool(self.outputs or self.inputs)


def united(parts: Iterable[Said]) -> Said:
    """Return several as one, without a change to any of them."""
    whole = Said()
    for part in parts:
        whole.merge(deepcopy(part))
    return whole
