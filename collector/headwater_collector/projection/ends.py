"""Changed reads and writes of a dataset, bound by what is known of the ends of its timeline, where that is enough.

Usually the newest write of all, which the dataset's facts name, is what a read saw. A late write or read needs the
timeline from its time on.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from headwater_collector.projection.facts.run import Binding, RunFacts
from headwater_collector.projection.facts.version import VersionFacts
from headwater_collector.projection.groups import members
from headwater_collector.projection.touch import (
    Touch,
    Touches,
    first_reading,
    named_write,
    plain_write,
    read_by_name,
    touches,
    written_by_name,
)
from headwater_collector.projection.versions import (
    Entry,
    Written,
    alias_of,
    bind_named,
    bind_unnamed,
    carry,
    distinct,
    named_version,
    others_of,
    own_version,
    seen_inside,
    version_facts,
    written_by,
)
from headwater_collector.projection.view import View

Moved = tuple[str, str]
"""When a write counted before the batch, and when it counts now; empty for not at all."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one run did with one dataset before the batch, and what it does now."""

    run: str
    dataset: str
    before: Touches
    now: Touches

    def unnames(self) -> bool:
        """Return whether the run takes back a version that it named, or reads it for the first time only later."""
        read, written = read_by_name(self.before), written_by_name(self.before)
        if not (read or written):
            return False
        if not ({*read} <= {*read_by_name(self.now)} and {*written} <= {*written_by_name(self.now)}):
            return True
        return any(first_reading(self.now, version) > first_reading(self.before, version) for version in read)


class Ends:
    """The changes of one group of datasets, bound by the ends of its timeline."""

    def __init__(self, view: View, leader: str, changes: list[Change]) -> None:
        """Take the changes of all datasets of the group that this one leads."""
        self.view, self.leader, self.changes = view, leader, changes
        self.facts = view.datasets.now[leader]
        self.head, self.plain_head = self.facts.head, self.facts.plain_head
        """The ends as they were before the batch."""
        self.plain: dict[str, Moved] = {}
        """Versionless writes that change, by version key."""
        self.named: dict[str, Moved] = {}
        self.slice_needed = False
        self.plain_lost = False
        """Whether it is not known here any more which versionless write is the newest."""
        self.fresh: set[str] = set()
        """Versions that nobody had read by name before this batch."""

    def bind(self) -> bool:
        """Bind what changed; return False if only the whole timeline can tell."""
        if any(change.unnames() for change in self.changes):
            return False
        if not (self._writes() and self._readings() and self._move() and self._reads()):
            return False
        if self.slice_needed:
            return self._rebind_since()
        return True

    def _writes(self) -> bool:
        for change in self.changes:
            before, now = _counting(change.before), _counting(change.now)
            if before != now:
                self.plain[own_version(self.view, change.dataset, change.run, "run")] = (before, now)
            for version in written_by_name(change.now):
                if not self._write(change, version):
                    return False
        return True

    def _write(self, change: Change, version: str) -> bool:
        facts = version_facts(self.view, change.dataset, version)
        name = named_version(self.view, change.dataset, version)
        before = self.named[name][0] if name in self.named else facts.written()
        new = not facts.known()
        facts.writers[change.run] = named_write(change.now, version)
        if before != facts.written():
            self.named[name] = (before, facts.written())
        return not new or not self._meant_another(change.dataset, version, facts)

    def _meant_another(self, dataset: str, version: str, facts: VersionFacts) -> bool:
        """Return whether readers that named a version nobody knew were bound to what stood for it."""
        others = others_of(self.view, dataset, version).values()
        return bool(facts.substitute or facts.alias) or any(o.first_read and not o.known() for o in others)

    def _readings(self) -> bool:
        """Note the first reading of versions that are read by name."""
        for change in self.changes:
            for version in read_by_name(change.now):
                facts = version_facts(self.view, change.dataset, version)
                known, first = bool(facts.first_read), first_reading(change.now, version)
                if not known or first < facts.first_read:
                    facts.first_read = first
                    self.fresh.add(named_version(self.view, change.dataset, version))
                    if known and not facts.known():
                        return False
        return True

    def _move(self) -> bool:
        """Move the ends of the timeline; False if readers of a version that nobody wrote may be concerned."""
        every = {**self.plain, **self.named}
        if _concerns(self.plain, self.facts.last_named):
            return False
        head, plain_head = _moved(self.head, every), _moved(self.plain_head, self.plain)
        self.plain_lost = plain_head is None
        self.slice_needed = self.plain_lost or head is None or _concerns(every, self.facts.last_read)
        self.facts.head, self.facts.plain_head = head or [], plain_head or []
        return True

    def _reads(self) -> bool:
        for change in self.changes:
            facts = self.view.runs.now[change.run]
            facts.bound.pop(change.dataset, None)
            facts.carried.pop(change.dataset, None)
            for touch in change.now:
                self._carry(change, touch, facts)
                if touch.reads is None:
                    continue
                bound = self._named_reads(change, touch.reads) if touch.reads else self._plain_read(change, touch)
                if bound is None:
                    return False
                facts.bound.setdefault(change.dataset, {})[touch.part] = bound
        return True

    def _carry(self, change: Change, touch: Touch, facts: RunFacts) -> None:
        """Find the version that lives on in what a run adds to, like a read at the time of the write."""
        if not touch.carries:
            return
        self.facts.last_read = max(self.facts.last_read, touch.written_at)
        best = self._newest(touch.written_at, self.head, self.facts.head, {**self.plain, **self.named})
        if best is None or best[1] in written_by(self.view, change.run, members(self.view, self.leader)):
            self.slice_needed = True
        elif best[0]:
            facts.carried.setdefault(change.dataset, {})[touch.part] = best[1]

    def _plain_read(self, change: Change, touch: Touch) -> list[Binding]:
        self.facts.last_read = max(self.facts.last_read, touch.at, touch.until)
        best = self._newest(touch.at, self.head, self.facts.head, {**self.plain, **self.named})
        self.slice_needed = self.slice_needed or best is None
        best = max(best or ("", ""), self._inside(change, touch))
        return [bind_unnamed(self.view, change.dataset, change.run, best)]

    def _inside(self, change: Change, touch: Touch) -> Entry:
        """Return the newest of what other jobs wrote in the run in time for this one to read it."""
        if not touch.until:
            return ("", "")
        seen = seen_inside(self.view, change.run, touch, members(self.view, self.leader))
        return max(((self._time_of(version, by), version) for version, by in seen.items()), default=("", ""))

    def _time_of(self, version: str, by: list[Touch]) -> str:
        self.view.load([version])
        named = self.view.versions.find(version)
        return named.written() if named else plain_write(by)[0]

    def _named_reads(self, change: Change, versions: Iterable[str]) -> list[Binding] | None:
        found: list[Binding] = []
        for version in versions:
            facts = version_facts(self.view, change.dataset, version)
            if named_version(self.view, change.dataset, version) in self.fresh and not facts.known():
                facts.alias = alias_of(self.view, change.dataset, version)
                if not facts.alias and not self._substitute(facts):
                    return None
            found.append(bind_named(self.view, change.dataset, version, facts))
        return distinct(found)

    def _substitute(self, facts: VersionFacts) -> bool:
        """Let a versionless write stand for a version that nobody knows; return False if it is not known here which."""
        self.facts.last_named = max(self.facts.last_named, facts.first_read)
        if self.plain_lost:
            return False
        best = self._newest(facts.first_read, self.plain_head, self.facts.plain_head, self.plain)
        facts.substitute = best[1] if best else ""
        return best is not None

    def _rebind_since(self) -> bool:
        """Bind anew the reads without a version later than the first change, by that part of the timeline.

        Returns False if it takes more than that.
        """
        changed = {**self.plain, **self.named}
        times = [time for pair in changed.values() for time in pair if time]
        touched = [touch for change in self.changes for touch in (*change.before, *change.now)]
        times += [t.at for t in touched if t.reads == ()] + [t.written_at for t in touched if t.carries]
        group = members(self.view, self.leader)
        since = min(times)
        found = self.view.transaction.timeline(group, since)
        writes = {**found.writes, **{name: now for name, (_, now) in changed.items()}}
        entries = sorted((time, name) for name, time in writes.items() if time)
        self.facts.head = list(entries[-1]) if entries else []
        if self.plain_lost and not self._find_plain_head(entries, since):
            return False
        self.view.load(found.reads)
        runs = sorted({*found.reads, *(change.run for change in self.changes)})
        names, written = frozenset(group), Written(entries)
        return all(self._rebind_run(run, names, since, written) for run in runs)

    def _find_plain_head(self, entries: list[Entry], since: str) -> bool:
        """Find the newest versionless write in that part of the timeline; False if it is none of it."""
        self.view.load(name for _, name in entries)
        plain = [entry for entry in entries if not self.view.versions.find(entry[1])]
        self.facts.plain_head = list(plain[-1]) if plain else []
        return bool(plain) or not entries or entries[0][0] >= since

    def _rebind_run(self, run: str, group: frozenset[str], since: str, written: Written) -> bool:
        facts = self.view.runs.find(run)
        done = _of_group(touches(facts), group)
        self.view.open(self.view.datasets, done)
        for dataset, touch in ((dataset, touch) for dataset, each in done.items() for touch in each):
            assert facts is not None
            if touch.reads == ():
                self._rebind_read(facts, run, dataset, touch, group, since, written)
            if touch.carries and touch.written_at >= since:
                known = carry(self.view, run, dataset, group, touch, written.entries)
                if not known and any(time < touch.written_at for time, _ in written.entries):
                    return False  # all of these are its own; what was before them is not known here
        return True

    def _rebind_read(
        self, facts: RunFacts, run: str, dataset: str, touch: Touch, group: frozenset[str], since: str, written: Written
    ) -> None:
        inside = seen_inside(self.view, run, touch, group)
        if touch.at >= since:
            newest = written.newest(touch.at, inside)
        else:  # what it saw of other runs stays as it was
            newest = written.newest_of(inside, since)
            if not newest[0]:
                return
        facts.bound.setdefault(dataset, {})[touch.part] = [bind_unnamed(self.view, dataset, run, newest)]

    def _newest(self, at: str, before: list[str], head: list[str], changed: dict[str, Moved]) -> Entry | None:
        """Return the newest write earlier than `at`, ("", "") if there is none, None if it is not known here.

        All writes after the end of the timeline as it was are in this batch.
        """
        if not head:
            return ("", "")
        if head[0] < at:
            return (head[0], head[1])
        known = [(now, name) for name, (_, now) in changed.items() if now and now < at]
        if before and before[1] not in changed:
            known += [(before[0], before[1])] if before[0] < at else []
        best = max(known, default=("", ""))
        complete = not before or (bool(best[0]) and best[0] >= before[0])
        return best if complete else None


def _of_group(done: Mapping[str, Touches], group: frozenset[str]) -> dict[str, Touches]:
    """Return what was done with datasets of a group; a run may have many, and so may a group."""
    names = sorted(group.intersection(done)) if len(group) < len(done) else [name for name in done if name in group]
    return {name: done[name] for name in names}


def _counting(done: Touches) -> str:
    time, ok = plain_write(done)
    return time if ok else ""


def _concerns(changed: dict[str, Moved], last_read: str) -> bool:
    times = [time for pair in changed.values() for time in pair if time and pair[0] != pair[1]]
    return bool(times) and min(times) < last_read


def _moved(head: list[str], changed: dict[str, Moved]) -> list[str] | None:
    """Return the end of a timeline after these changes; None if its last write is withdrawn or moved back."""
    if head and head[1] in changed and changed[head[1]][1] < head[0]:
        return None
    found = [(now, name) for name, (_, now) in changed.items() if now]
    return list(max([*found, (head[0], head[1])] if head else found, default=()))
