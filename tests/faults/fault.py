"""A fault to plant in the projector: texts of its source, and what takes their place."""

from dataclasses import dataclass
from typing import Final

EVENTS: Final = "events"
"""What holds most faults: scripts of events."""
DECISIONS: Final = "decisions"
"""Logs of events and operators' decisions."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A text that stands exactly once in the projection, and what takes its place."""

    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake, planted by all its patches together."""

    name: str
    patches: tuple[Patch, ...]
    by: str = EVENTS
    """What it is held against: `EVENTS`, `DECISIONS`, or a file of tests."""


def fault(name: str, *texts: str, by: str = EVENTS) -> Fault:
    """Return a fault by the texts to replace, each followed by what takes its place."""
    pairs = zip(texts[::2], texts[1::2], strict=True)
    return Fault(name, tuple(Patch(old, new) for old, new in pairs), by)
