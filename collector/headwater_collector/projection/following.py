"""The graph follows what operators decide: which events are excluded, in log order with the events."""

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, Protocol

from headwater_graph.store import GraphStore

from headwater_collector.aliases.rule import AliasRule, recorded_rule
from headwater_collector.errors import HeadwaterError
from headwater_collector.log.decision import Decision, DecisionKind, recorded_decision
from headwater_collector.log.eventlog import EVENT, LogEntry
from headwater_collector.parse import recorded_event
from headwater_collector.projection.exclusion import Remainder, exclude
from headwater_collector.projection.mentions import Mentions
from headwater_collector.projection.say import say
from headwater_collector.projection.saying import Saying

logger = logging.getLogger(__name__)

PIECE: Final = 500
"""Entries of the log that are looked through between two signs of life."""


class DecidedLog(Protocol):
    """What is needed of an event log to follow its decisions."""

    def read(self, after: int, limit: int) -> list[LogEntry]:
        """Return up to `limit` entries after that offset, in order; none only at the end of the log."""
        ...

    def decisions(self, through: int) -> list[LogEntry]:
        """Return the decisions up to this offset, in order."""
        ...

    def find(self, event_id: str) -> LogEntry | None:
        """Return the entry with this id."""
        ...


class Foresight:
    """Decisions that are known before the graph is as far: events that they exclude are left out from the start."""

    def __init__(self, log: DecidedLog, failed: Callable[[], Iterable[int]]) -> None:
        """Foresee nothing yet."""
        self._log, self._failed = log, failed
        self._through, self._since = 0, 0
        self.left_out: set[str] = set()
        """Ids of the events to leave out."""

    def foresee(self, through: int, position: int) -> None:
        """Know the decisions up to `through` while the graph stands at `position`."""
        self._through, self._since = through, position
        self.left_out = self.excluded(through)

    def excluded(self, through: int, tried: Iterable[int] = ()) -> set[str]:
        """Return the ids of the events that are excluded by the decisions up to this offset, or by foreseen ones.

        Decisions that could not be followed do not count, except those at the offsets `tried`.
        """
        found: set[str] = set()
        for decision in self._followed(max(through, self._through), tried):
            if decision.kind is DecisionKind.EXCLUDE:
                found.add(decision.subject)
            elif decision.kind is DecisionKind.INCLUDE:
                found.discard(decision.subject)
        return found

    def rules(self, through: int, tried: Iterable[int] = ()) -> dict[str, AliasRule]:
        """Return the alias rules by id after the decisions up to this offset; `tried` as for `excluded`."""
        found: dict[str, AliasRule] = {}
        for decision in self._followed(through, tried):
            if decision.kind is DecisionKind.ALIAS_RULE:
                found[decision.subject] = recorded_rule(decision.content)
            elif decision.kind is DecisionKind.REMOVE_RULE:
                found.pop(decision.subject, None)
        return found

    def _followed(self, through: int, tried: Iterable[int]) -> Iterator[Decision]:
        failed = {*self._failed()}.difference(tried)
        entries = self._log.decisions(through)
        return (recorded_decision(entry) for entry in entries if entry.offset not in failed)

    def foresaw(self, decision: int, event: int) -> bool:
        """Return whether the event at this offset was met knowing of the decision at that offset."""
        return decision <= self._through and event > self._since


def about_rules(entries: Iterable[LogEntry]) -> bool:
    """Return whether any of these decisions is about alias rules."""
    kinds = (DecisionKind.ALIAS_RULE, DecisionKind.REMOVE_RULE)
    return any(recorded_decision(entry).kind in kinds for entry in entries)


def subjects(log: DecidedLog, entries: Iterable[LogEntry], foresight: Foresight) -> list[LogEntry]:
    """Return the events whose exclusion these decisions change and that the graph was not built for already."""
    found: dict[str, LogEntry] = {}
    for entry in entries:
        decision = recorded_decision(entry)
        if decision.kind not in (DecisionKind.EXCLUDE, DecisionKind.INCLUDE):
            continue
        event = log.find(decision.subject)
        if event is not None and not foresight.foresaw(entry.offset, event.offset):
            found[event.event_id] = event
    return sorted(found.values(), key=lambda event: event.offset)


def take_out(
    log: DecidedLog,
    store: GraphStore,
    events: Sequence[LogEntry],
    through: int,
    left_out: Callable[[LogEntry], bool],
    alive: Callable[[], None],
) -> None:
    """Make the graph that of all events up to `through` but those that are left out, which these belong to now.

    Reads the log from its begin; `alive` is called between pieces of it, and may raise to end it.
    """
    sayings = [saying for saying in map(_said, events) if saying]
    if not sayings:
        return
    remainder, mentions = Remainder(sayings), Mentions(sayings)
    after = 0
    while after < through:
        entries = log.read(after, min(PIECE, through - after))
        for entry in entries:
            if entry.kind == EVENT and mentions.maybe(entry.body) and not left_out(entry):
                remainder.add(say(recorded_event(entry.body, entry.event_id)))
        after = entries[-1].offset
        alive()
    store.transact(lambda transaction: exclude(transaction, remainder))


def _said(entry: LogEntry) -> Saying | None:
    """Return what the event says; nothing for one that could never be taken in."""
    try:
        return say(recorded_event(entry.body, entry.event_id))
    except HeadwaterError:
        raise
    except Exception:
        logger.warning("the excluded event %s says nothing that can be understood", entry.event_id)
        return None
