"""Which version a read saw: the reads and writes of a dataset in the order of their times (DESIGN, law 5).

A read without a version is bound to the newest version written strictly earlier by a run that did not fail. Usually
that is the newest write of all, which the dataset's facts name; a late write or read needs the timeline from its time
on, and a late word on a version that was only read by name needs all of it.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from headwater_graph.keys import key

from headwater_collector.projection.facts import COMPLETE, Binding, RunFacts, Said, VersionFacts, kept_with_facts
from headwater_collector.projection.structure import structure
from headwater_collector.projection.view import View

Entry = tuple[str, str]
"""Time of a write that did not fail, and the key of the version."""


@dataclass(frozen=True, slots=True)
class Touch:
    """What one run does with one dataset."""

    at: str
    reads: tuple[str, ...] | None
    """Versions that it reads by name; empty for a read without a version, None for no read."""
    writes: tuple[str, ...] | None
    written_at: str
    ok: bool


def touches(run: RunFacts | None) -> dict[str, Touch]:
    """Return what the run does with each dataset that it reads or writes."""
    return _touches(run) if run else {}


@kept_with_facts
def _touches(run: RunFacts) -> dict[str, Touch]:
    whole = run.whole()
    read = {dataset for _, dataset in structure(whole).reads}
    return {dataset: _touch(run, whole, dataset, dataset in read) for dataset in sorted({*read, *whole.outputs})}


def _touch(run: RunFacts, whole: Said, dataset: str, reads: bool) -> Touch:
    output = whole.outputs.get(dataset)
    named = tuple(whole.inputs[dataset].versions) if reads else None
    if output is None:
        return Touch(run.at, named, None, "", True)
    return Touch(run.at, named, tuple(output.versions), _written_at(run, output.first[:30]), run.state <= COMPLETE)


def _written_at(run: RunFacts, first_named: str) -> str:
    """Return when a write counts: at the end of a complete run, else when it was first named."""
    job_type = run.registers.get("job:jobType")
    streams = bool(job_type and job_type[1] and job_type[1][2].upper() == "STREAMING")
    return run.ended if run.state == COMPLETE and not streams else first_named


def named_version(view: View, dataset: str, version: str) -> str:
    """Return the key of a version that somebody named."""
    facts = view.datasets.now[dataset]
    return key("version", facts.namespace, facts.name, "v", version)


def own_version(view: View, dataset: str, run: str, kind: str) -> str:
    """Return the key of the version that a run wrote without naming it, or read before any write is known."""
    facts = view.datasets.now[dataset]
    return key("version", facts.namespace, facts.name, kind, run)


def rebind(view: View, runs: Iterable[str], without: Collection[str]) -> None:
    """Bind the reads of these runs, and of all others that what these runs wrote concerns.

    Leaves out datasets whose whole timeline was worked out in this batch: what is new of it cannot be told any more.
    """
    by_dataset: dict[str, list[tuple[str, Touch | None, Touch | None]]] = {}
    for run in runs:
        old, new = touches(view.runs.before(run)), touches(view.runs.now[run])
        for dataset in sorted({*old, *new}):
            if old.get(dataset) != new.get(dataset) and dataset not in without:
                by_dataset.setdefault(dataset, []).append((run, old.get(dataset), new.get(dataset)))
    view.open(view.datasets, by_dataset)
    named = {
        named_version(view, dataset, version)
        for dataset, changes in by_dataset.items()
        for _, _, new in changes
        for version in ((*(new.reads or ()), *(new.writes or ())) if new else ())
    }
    view.load(named)
    for dataset, changes in by_dataset.items():
        batch = _Batch(view, dataset, changes)
        if not batch.bind():
            rebind_all(view, dataset)


def declare(view: View, dataset: str, versions: Iterable[str]) -> bool:
    """Take in versions that DatasetEvents name; their readers no longer mean another one.

    Returns whether that took the whole timeline, with all that the batch says of it.
    """
    whole = False
    for version in versions:
        version_facts = _version(view, dataset, version)
        if not version_facts.event:
            version_facts.event = True
            if version_facts.first_read:
                rebind_all(view, dataset)
                whole = True
    return whole


def _version(view: View, dataset: str, version: str) -> VersionFacts:
    name = named_version(view, dataset, version)
    view.load([name])
    found = view.versions.find(name)
    if found is None:
        found = view.versions.now[name] = VersionFacts(dataset, version)
    return found


class _Batch:
    """One dataset's changed reads and writes, bound by the ends of its timeline alone, where that is enough."""

    def __init__(self, view: View, dataset: str, changes: list[tuple[str, Touch | None, Touch | None]]) -> None:
        self.view, self.dataset, self.changes = view, dataset, changes
        self.facts = view.datasets.now[dataset]
        self.plain: dict[str, tuple[str, str]] = {}
        """Versionless writes that change, by version key: when they counted before, and now; empty for not at all."""
        self.named: dict[str, tuple[str, str]] = {}
        self.slice_needed = False
        self.fresh: set[str] = set()
        """Versions that nobody had read by name before this batch."""

    def bind(self) -> bool:
        """Bind what changed; return False if only the whole timeline can tell."""
        if not (self._writes() and self._readings() and self._heads() and self._reads()):
            return False
        if self.slice_needed:
            self._rebind_since()
        return True

    def _writes(self) -> bool:
        for run, old, new in self.changes:
            own = own_version(self.view, self.dataset, run, "run")
            before, now = _plain(old), _plain(new)
            if before != now:
                self.plain[own] = (before, now)
            for version in (new.writes or ()) if new else ():
                if not self._write(run, version, new):
                    return False
        return True

    def _write(self, run: str, version: str, touch: Touch | None) -> bool:
        assert touch is not None
        facts = _version(self.view, self.dataset, version)
        name = named_version(self.view, self.dataset, version)
        before = self.named[name][0] if name in self.named else facts.written()
        substituted = not facts.known() and bool(facts.substitute)
        facts.writers[run] = (touch.written_at, touch.ok)
        if before != facts.written():
            self.named[name] = (before, facts.written())
        return not substituted

    def _readings(self) -> bool:
        """Note the first reading of versions that are read by name."""
        for _, _, new in self.changes:
            for version in (new.reads or ()) if new else ():
                facts = _version(self.view, self.dataset, version)
                first = bool(facts.first_read)
                if not first or new.at < facts.first_read:  # type: ignore[union-attr]
                    facts.first_read = new.at  # type: ignore[union-attr]
                    self.fresh.add(version)
                    if first and not facts.known():
                        return False
        return True

    def _heads(self) -> bool:
        """Move the ends of the timeline; False if readers of a version that nobody wrote may be concerned."""
        every = {**self.plain, **self.named}
        plain_head = _moved(self.facts.plain_head, self.plain)
        if plain_head is None or _concerns(self.plain, self.facts.last_named):
            return False
        head = _moved(self.facts.head, every)
        self.slice_needed = head is None or _concerns(every, self.facts.last_read)
        self.before, self.plain_before = self.facts.head, self.facts.plain_head
        self.facts.head, self.facts.plain_head = head or [], plain_head
        return True

    def _reads(self) -> bool:
        for run, _, new in self.changes:
            facts = self.view.runs.now[run]
            facts.bound.pop(self.dataset, None)
            if new is None or new.reads is None:
                continue
            bound = self._named_reads(new) if new.reads else self._plain_read(run, new)
            if bound is None:
                return False
            facts.bound[self.dataset] = bound
        return True

    def _plain_read(self, run: str, touch: Touch) -> list[Binding]:
        self.facts.last_read = max(self.facts.last_read, touch.at)
        best = self._newest(touch.at, self.before, self.facts.head, {**self.plain, **self.named})
        self.slice_needed = self.slice_needed or best is None
        return [_plain_binding(self.view, self.dataset, run, best or ("", ""))]

    def _rebind_since(self) -> None:
        """Bind anew the reads without a version later than the first change, by that part of the timeline."""
        changed = {**self.plain, **self.named}
        times = [time for pair in changed.values() for time in pair if time]
        times += [touch.at for _, *pair in self.changes for touch in pair if touch and touch.reads == ()]
        found = self.view.transaction.timeline(self.dataset, min(times))
        writes = {**found.writes, **{name: now for name, (_, now) in changed.items()}}
        entries = sorted((time, name) for name, time in writes.items() if time)
        self.facts.head = list(entries[-1]) if entries else []
        self.view.load(found.reads)
        for run in sorted({*found.reads, *(run for run, _, _ in self.changes)}):
            facts = self.view.runs.find(run)
            touch = touches(facts).get(self.dataset)
            if facts and touch and touch.reads == ():
                best = max((entry for entry in entries if entry[0] < touch.at), default=("", ""))
                facts.bound[self.dataset] = [_plain_binding(self.view, self.dataset, run, best)]

    def _named_reads(self, touch: Touch) -> list[Binding] | None:
        found: list[Binding] = []
        for version in touch.reads or ():
            facts = _version(self.view, self.dataset, version)
            if version in self.fresh and not facts.known():
                self.facts.last_named = max(self.facts.last_named, facts.first_read)
                best = self._newest(facts.first_read, self.plain_before, self.facts.plain_head, self.plain)
                if best is None:
                    return None
                facts.substitute = best[1]
            found.append(_bind_named(self.view, self.dataset, version, facts))
        return distinct(found)

    def _newest(self, at: str, before: list[str], head: list[str], changed: dict[str, tuple[str, str]]) -> Entry | None:
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


def rebind_all(view: View, dataset: str) -> None:
    """Work out the whole timeline of a dataset again, from all runs that touch it."""
    keys = {*view.transaction.runs_touching(dataset), *(r for r, f in view.runs.now.items() if _names(f, dataset))}
    view.load(keys)
    found = {run: touches(view.runs.find(run)).get(dataset) for run in sorted(keys)}
    all_touches = {run: touch for run, touch in found.items() if touch}
    versions = _all_versions(view, dataset, all_touches)
    plain = [
        (touch.written_at, own_version(view, dataset, run, "run"))
        for run, touch in all_touches.items()
        if touch.writes == () and touch.ok
    ]
    entries = plain + [(v.written(), name) for name, v in versions.items() if v.written()]
    facts = view.datasets.now[dataset]
    facts.head, facts.plain_head = list(max(entries, default=())), list(max(plain, default=()))
    unnamed = [touch.at for touch in all_touches.values() if touch.reads == ()]
    facts.last_read = max(unnamed, default="")
    facts.last_named = max((v.first_read for v in versions.values() if not v.known()), default="")
    for version in versions.values():
        earlier = [e for e in plain if e[0] < version.first_read] if not version.known() else []
        version.substitute = max(earlier, default=("", ""))[1]
    for run in sorted(keys):
        _bind_run(view, dataset, run, all_touches.get(run), sorted(entries))


def _bind_run(view: View, dataset: str, run: str, touch: Touch | None, entries: list[Entry]) -> None:
    facts = view.runs.now[run]
    facts.bound.pop(dataset, None)
    if touch is None or touch.reads is None:
        return
    if touch.reads:
        versions = [(v, _version(view, dataset, v)) for v in touch.reads]
        facts.bound[dataset] = distinct([_bind_named(view, dataset, v, known) for v, known in versions])
        return
    best = max((entry for entry in entries if entry[0] < touch.at), default=("", ""))
    facts.bound[dataset] = [_plain_binding(view, dataset, run, best)]


def _plain_binding(view: View, dataset: str, run: str, best: Entry) -> Binding:
    """Return what a read without a version is bound to: the newest write before it, or a version that nobody knows."""
    return (best[1] if best[0] else own_version(view, dataset, run, "unknown"), True, "")


def _all_versions(view: View, dataset: str, found: dict[str, Touch]) -> dict[str, VersionFacts]:
    named = {v for t in found.values() for v in (*(t.reads or ()), *(t.writes or ()))}
    named |= {*view.datasets.now[dataset].versions}
    view.load(named_version(view, dataset, version) for version in named)
    versions = {named_version(view, dataset, v): _version(view, dataset, v) for v in sorted(named)}
    for facts in versions.values():
        facts.writers = {run: (t.written_at, t.ok) for run, t in found.items() if facts.version in (t.writes or ())}
        facts.first_read = min((t.at for t in found.values() if facts.version in (t.reads or ())), default="")
    return versions


def _bind_named(view: View, dataset: str, version: str, facts: VersionFacts) -> Binding:
    if facts.known() or not facts.substitute:
        return (named_version(view, dataset, version), False, "")
    return (facts.substitute, True, version)


def distinct(bindings: list[Binding]) -> list[Binding]:
    """Return one binding per version node: what was named outranks what is inferred, then the least name."""
    best: dict[str, Binding] = {}
    for binding in bindings:
        known = best.get(binding[0])
        if known is None or (binding[1], binding[2]) < (known[1], known[2]):
            best[binding[0]] = binding
    return [best[name] for name in sorted(best)]


def _names(facts: RunFacts, dataset: str) -> bool:
    return any(dataset in said.inputs or dataset in said.outputs for said in facts.said.values())


def _plain(touch: Touch | None) -> str:
    return touch.written_at if touch and touch.writes == () and touch.ok else ""


def _concerns(changed: dict[str, tuple[str, str]], last_read: str) -> bool:
    times = [time for pair in changed.values() for time in pair if time and pair[0] != pair[1]]
    return bool(times) and min(times) < last_read


def _moved(head: list[str], changed: dict[str, tuple[str, str]]) -> list[str] | None:
    """Return the end of a timeline after these changes; None if its last write is withdrawn or moved back."""
    if head and head[1] in changed and changed[head[1]][1] < head[0]:
        return None
    found = [(now, name) for name, (_, now) in changed.items() if now]
    return list(max([*found, (head[0], head[1])] if head else found, default=()))
