"""What is known of a version that somebody named."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class VersionFacts:
    """What is known of a version that somebody named; worked out by `timeline`."""

    dataset: str
    version: str
    writers: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Time of the write and whether it did not fail, by run key."""
    event: bool = False
    """A DatasetEvent names it."""
    first_read: str = ""
    substitute: str = ""
    """Key of the versionless write that its readers are bound to, if there is one."""
    alias: str = ""
    """Key of the version of that name of another name of the dataset, which its readers are bound to rather."""

    def written(self) -> str:
        """Return the earliest time that a run which did not fail wrote it, else an empty text."""
        return min((at for at, ok in self.writers.values() if ok), default="")

    def known(self) -> bool:
        """Return whether anything but readers names it."""
        return bool(self.writers) or self.event

    def stands(self) -> bool:
        """Return whether it is a node of its own: its readers mean it, or it is more than read."""
        return self.known() or bool(self.first_read and not self.substitute and not self.alias)
