"""What an alias rule would do, from the datasets that the graph holds now."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from headwater_graph.queries import Queries

from headwater_collector.aliases.rule import AliasRule
from headwater_collector.aliases.suggestions import Link, Name

PAGE: Final = 2_000
"""Datasets that are read from the graph at once."""

SHOWN: Final = 100
"""Pairs that a preview names."""


@dataclass(slots=True)
class Preview:
    """The datasets that a rule would give another name."""

    matched: int = 0
    """How many it fits and would link."""
    joined: int = 0
    """How many of these to a dataset that is in the graph; the name of the others is new."""
    pairs: list[tuple[Name, Name, bool]] = field(default_factory=list)
    """The first of them: the dataset, its other name, and whether that is in the graph."""


def preview(rule: AliasRule, datasets: Iterable[Name]) -> Preview:
    """Return what the rule would do."""
    known = set(datasets)
    found = Preview()
    for name in sorted(known):
        other = rule.other_name(*name)
        if other:
            found.matched += 1
            found.joined += other in known
            if len(found.pairs) < SHOWN:
                found.pairs.append((name, other, other in known))
    return found


def names_in_graph(queries: Queries) -> tuple[list[Name], list[Link]]:
    """Return all datasets, and the other names that symlinks give them. Raises as `Queries.read`."""
    datasets: list[Name] = []
    links: list[Link] = []
    for namespace, name, others in _rows(queries):
        datasets.append((namespace, name))
        links += (((namespace, name), (other[0], other[1])) for other in others)
    return datasets, links


def _rows(queries: Queries) -> Iterator[tuple[str, str, list[list[str]]]]:
    after = ""
    while True:
        rows = queries.read("aliases", after=after, limit=PAGE)["datasets"]
        yield from ((namespace, name, others) for _, namespace, name, others in rows)
        if len(rows) < PAGE:
            return
        after = rows[-1][0]
