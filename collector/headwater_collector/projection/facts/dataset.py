"""What is known of a dataset."""

from dataclasses import dataclass, field

from headwater_collector.projection.facts.register import Register, later, merge_registers


@dataclass(slots=True)
class DatasetFacts:
    """What is known of a dataset, and the ends of its timeline of reads and writes."""

    namespace: str
    name: str
    registers: dict[str, Register] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    """Versions that DatasetEvents name."""
    columns: list[str] = field(default_factory=list)
    """Columns that tags and checks name."""
    used_schema: Register | None = None
    """The schema of those columns alone that queries used: ``[token, value, digest, JSON]`` with what is kept of it."""
    group: str = ""
    """Key of the first of all datasets that are names of this one, itself among them; empty if it has no other name.

    Worked out by `groups`. The first keeps the ends of the timeline that they share, below; who they are is known of
    the group alone, so that no event of one of very many has to do with them all."""
    head: list[str] = field(default_factory=list)
    """[written at, version key] of the newest write that did not fail; worked out by `timeline`, like all below."""
    plain_head: list[str] = field(default_factory=list)
    """The same among writes that named no version."""
    last_read: str = ""
    """Time of the latest read that named no version."""
    last_named: str = ""
    """Latest first reading of a version that nobody wrote by name."""
    named: bool = True
    """An event names it; else only alias rules do."""
    linked: int = 0
    """How many datasets alias rules give its name; worked out by `rules`, like the next."""
    ruled: list[list[str]] = field(default_factory=list)
    """Its other names by alias rules: rule, namespace and name of each."""

    def merge(self, other: "DatasetFacts") -> None:
        """Take in what other events say of the same dataset."""
        self.named = self.named or other.named
        merge_registers(self.registers, other.registers)
        self.used_schema = later(self.used_schema, other.used_schema)
        if other.versions and not set(other.versions) <= set(self.versions):
            self.versions = sorted({*self.versions, *other.versions})
        if other.columns and not set(other.columns) <= set(self.columns):
            self.columns = sorted({*self.columns, *other.columns})
