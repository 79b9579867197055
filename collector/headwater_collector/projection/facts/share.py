"""How far one job has come with its share of a run that several jobs have in common."""

from dataclasses import dataclass

from headwater_collector.projection.facts.register import Register, later


@dataclass(slots=True)
class Share:
    """State and times of one job in a run, as `RunFacts` has them of all its jobs together."""

    state: int
    at: str
    ended: str
    last: str
    kind: Register | None
    """The jobType facet."""

    def merge(self, other: "Share") -> None:
        """Take in what other events of the same job say of the same run."""
        self.state, self.at = max(self.state, other.state), min(self.at, other.at)
        self.ended, self.last = max(self.ended, other.ended), max(self.last, other.last)
        self.kind = later(self.kind, other.kind)
