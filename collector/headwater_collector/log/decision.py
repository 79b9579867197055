"""A decision of an operator as an entry of the event log: what, who, when and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final
from uuid import uuid4

import orjson

from headwater_collector.clock import utc_now
from headwater_collector.log.eventlog import DECISION, Draft, LogEntry

MAX_REASON: Final = 2_000
"""Characters of a reason that are kept."""


class DecisionKind(StrEnum):
    """What can be decided."""

    EXCLUDE = "exclude"
    """Take an event out of the graph."""
    INCLUDE = "include"
    """Take an excluded event in again."""
    ALIAS_RULE = "alias-rule"
    """Add a rule that gives datasets another name."""
    REMOVE_RULE = "remove-rule"
    """Take such a rule back."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision."""

    kind: DecisionKind
    subject: str
    """Id of the event or rule that it is about."""
    by: str
    """Name of the API key, or ``local`` where this machine is served without keys."""
    reason: str = ""
    content: Mapping[str, Any] = field(default_factory=dict)
    """What the rule says."""
    at: str = field(default_factory=utc_now)
    """When it was made, UTC, as `Event.time`."""
    id: str = field(default_factory=lambda: f"decision-{uuid4()}")

    def draft(self) -> Draft:
        """Return what is appended to the log."""
        body = {
            "decision": str(self.kind),
            self._subject_field(): self.subject,
            **self.content,
            "by": self.by,
            "at": self.at,
            "reason": self.reason[:MAX_REASON],
        }
        return Draft(self.id, orjson.dumps(body), kind=DECISION)

    def _subject_field(self) -> str:
        return "event" if self.kind in (DecisionKind.EXCLUDE, DecisionKind.INCLUDE) else "rule"


def recorded_decision(entry: LogEntry) -> Decision:
    """Return the decision that an entry of the log holds."""
    body = orjson.loads(entry.body)
    kind = DecisionKind(body.pop("decision"))
    subject = body.pop("event" if kind in (DecisionKind.EXCLUDE, DecisionKind.INCLUDE) else "rule")
    by, at, reason = body.pop("by"), body.pop("at"), body.pop("reason")
    return Decision(kind, subject, by, reason, body, at, entry.event_id)
