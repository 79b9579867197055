"""What is known of the column lineage of one output."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class ColumnFacts:
    """The column lineage of one job's output: first and last token of every content of its facet, by digest."""

    job: str
    namespace: str
    name: str
    shapes: dict[str, list[str]] = field(default_factory=dict)
    adds_up: bool = False
    """It is said by lineage facets, of which none ends what another one said."""

    def merge(self, other: "ColumnFacts") -> None:
        """Take in other occurrences."""
        for digest, (first, last) in other.shapes.items():
            mine = self.shapes.get(digest)
            self.shapes[digest] = [min(mine[0], first), max(mine[1], last)] if mine else [first, last]
