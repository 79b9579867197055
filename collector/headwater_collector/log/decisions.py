"""What operators decided: made durable in the event log, in order with the events, and listed."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from headwater_collector.aliases.rule import AliasRule
from headwater_collector.errors import NotFound
from headwater_collector.log.decision import Decision, DecisionKind, recorded_decision
from headwater_collector.log.sqlite_log import SqliteEventLog, packed_id

_STATE = """
    SELECT entry.offset, exclusion.offset IS NOT NULL FROM entry LEFT JOIN exclusion USING (offset)
    WHERE event_id = ? AND kind = 'event'
"""


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a request to decide."""

    decided: tuple[str, ...]
    """Subjects that it changes."""
    unchanged: tuple[str, ...]
    """Subjects for which the same was decided before."""
    offset: int
    """Offset of the last entry that was written, 0 for none: the graph follows when it is applied through there."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A decision in the log."""

    offset: int
    decision: Decision
    failed: str | None
    """Why the graph could not follow it."""


class Decisions:
    """The decisions of a log; every method may be called from any thread, and raises `LogUnavailable`."""

    def __init__(self, log: SqliteEventLog) -> None:
        """Use this log."""
        self._log = log

    def exclude(self, event_ids: Sequence[str], by: str, reason: str = "") -> Decided:
        """Take these events out of the graph. Raises `NotFound`, and decides nothing, if one is not in the log."""
        return self._decide(DecisionKind.EXCLUDE, event_ids, by, reason)

    def include(self, event_ids: Sequence[str], by: str, reason: str = "") -> Decided:
        """Take excluded events in again. Raises `NotFound`, and decides nothing, if one is not in the log."""
        return self._decide(DecisionKind.INCLUDE, event_ids, by, reason)

    def add_rule(self, rule: AliasRule, by: str, reason: str = "") -> Decided:
        """Let an alias rule stand from now on, for what was and for what comes."""
        if rule.id in self.rules():
            return Decided((), (rule.id,), 0)
        return self._append(Decision(DecisionKind.ALIAS_RULE, rule.id, by, reason, rule.content()))

    def remove_rule(self, rule_id: str, by: str, reason: str = "") -> Decided:
        """Take an alias rule back, with all that it did. Raises `NotFound` if it does not stand."""
        if rule_id not in self.rules():
            raise NotFound(f"There is no alias rule {rule_id[:100]!r}: `headwater alias list` shows those that stand.")
        return self._append(Decision(DecisionKind.REMOVE_RULE, rule_id, by, reason))

    def rules(self) -> dict[str, Decision]:
        """Return the decisions that let the alias rules stand that do, by id of the rule, in order."""
        found: dict[str, Decision] = {}
        for decision in map(recorded_decision, self._log.decisions(self._log.end())):
            if decision.kind is DecisionKind.ALIAS_RULE:
                found[decision.subject] = decision
            elif decision.kind is DecisionKind.REMOVE_RULE:
                found.pop(decision.subject, None)
        return found

    def newest(self, before: int | None = None, limit: int = 100) -> list[Listed]:
        """Return up to `limit` decisions with an offset below `before`, newest first."""
        entries = self._log.decisions((before or self._log.end() + 1) - 1)[::-1][:limit]
        with self._log.reading() as connection:
            failed = dict(connection.execute("SELECT offset, reason FROM failure JOIN decision USING (offset)"))
        return [Listed(entry.offset, recorded_decision(entry), failed.get(entry.offset)) for entry in entries]

    def _append(self, decision: Decision) -> Decided:
        (offset,) = self._log.append([decision.draft()])
        return Decided((decision.subject,), (), offset)

    def _decide(self, kind: DecisionKind, event_ids: Sequence[str], by: str, reason: str) -> Decided:
        ids = list(dict.fromkeys(event_ids))
        found = self._log.write(lambda connection: self._write(connection, kind, ids, by, reason))
        if isinstance(found, str):
            raise NotFound(
                f"No event {found[:100]!r} is in the log, so nothing was decided: ids are SHA-256 in hex, "
                "`headwater events list` shows them."
            )
        return found

    def _write(
        self, connection: sqlite3.Connection, kind: DecisionKind, ids: Sequence[str], by: str, reason: str
    ) -> Decided | str:
        """Write the decisions, or return an id that the log does not hold; an error would undo the others' commit."""
        excludes = kind is DecisionKind.EXCLUDE
        states = {id_: connection.execute(_STATE, (packed_id(id_),)).fetchone() for id_ in ids}
        for id_, state in states.items():
            if state is None:
                return id_
        changed = {id_: state[0] for id_, state in states.items() if bool(state[1]) != excludes}
        drafts = [Decision(kind, id_, by, reason).draft() for id_ in changed]
        offsets = self._log.append_within(connection, drafts)
        if excludes:
            connection.executemany("INSERT INTO exclusion VALUES (?, ?)", [(o, reason) for o in changed.values()])
        else:
            connection.executemany("DELETE FROM exclusion WHERE offset = ?", [(o,) for o in changed.values()])
        return Decided(tuple(changed), tuple(id_ for id_ in ids if id_ not in changed), max(offsets, default=0))
