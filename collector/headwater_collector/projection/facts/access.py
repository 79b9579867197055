"""What is said of one dataset in one role, by the events of a run or by a JobEvent."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from headwater_collector.projection.facts.register import Register, later, merge_registers
from headwater_collector.projection.statement import PARTITION, ROWS

COMMIT = "commit"
"""Name among what is told of an output of the operation that the report of a commit says."""

STATEMENT = "statement"
"""Name among what is told of an output of what the SQL of the run replaces."""

_KEEPING = ("append", "delete", "replace")
"""Operations of Iceberg after which the rest of the table is still there; an overwrite may have replaced all of it."""

_LEAVING = {(ROWS, ""), (PARTITION, ""), (PARTITION, "OVERWRITE")}
"""What a statement replaces, and the change of the table that is said with it, where the rest is still there."""

CARRYING = ("LIFECYCLE", "COMMIT_REPORT", "SUBSET", "STATEMENT")
"""Kinds of evidence that what was written holds what was there before, strongest first."""


@dataclass(slots=True)
class Access:
    """What the events of one run (or one JobEvent) say of one dataset as input or as output."""

    first: str
    last: str
    stated: bool
    """False where only column lineage or a lineage facet names the dataset."""
    named: list[str] = field(default_factory=list)
    """Versions that version facets name."""
    columns: Register | None = None
    """Keys of the datasets that the columnLineage facet of this output names."""
    told: dict[str, Register] = field(default_factory=dict)
    """Facets of this access that are projected."""
    facets: dict[str, Register] = field(default_factory=dict)
    """``[token, digest]`` of those that are only kept; an empty digest where the latest is not worth it."""
    snapshots: list[str] = field(default_factory=list)
    """Versions that reports of a table format name; they are right where version facets say something else."""

    def merge(self, other: "Access") -> None:
        """Take in what other events say of the same dataset in the same role."""
        self.first = min(self.first, other.first)
        self.last = max(self.last, other.last)
        self.stated = self.stated or other.stated
        if other.named and other.named != self.named:
            self.named = sorted({*self.named, *other.named})
        if other.snapshots and other.snapshots != self.snapshots:
            self.snapshots = sorted({*self.snapshots, *other.snapshots})
        self.columns = later(self.columns, other.columns)
        merge_registers(self.told, other.told)
        merge_registers(self.facets, other.facets)

    @property
    def versions(self) -> list[str]:
        """Return the versions that were read or written, as far as they were named."""
        return self.snapshots or self.named

    def carries(self) -> str:
        """Return the evidence that this output holds what was there before, too; empty for none."""
        change = self.told.get("lifecycleStateChange")
        state = change[1][0] if change and change[1] else ""
        if state == "ALTER":
            return "LIFECYCLE"
        commit, subset, statement = map(self.told.get, (COMMIT, "subset", STATEMENT))
        if not state and commit and commit[1] in _KEEPING:
            return "COMMIT_REPORT"
        # Spark says OVERWRITE where it wrote one partition anew, and which one in the subset or the statement.
        if subset and subset[1] and state in {"", "OVERWRITE"}:
            return "SUBSET"
        replaced = statement[1] if statement else ""
        return "STATEMENT" if (replaced, state) in _LEAVING else ""

    def renamed(self) -> str:
        """Return the key of the dataset that this output continues under another name, empty for none."""
        change = self.told.get("lifecycleStateChange")
        return str(change[1][1]) if change and change[1] else ""


def strongest(evidence: Iterable[str]) -> str:
    """Return the strongest of what `Access.carries` returned, empty for none."""
    found = {*evidence}
    return next((each for each in CARRYING if each in found), "")
