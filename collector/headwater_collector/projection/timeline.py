"""Which version a read saw: the reads and writes of a dataset in the order of their times.

A read without a version is bound to the newest version written strictly earlier by a run that did not fail, under
whichever name of the dataset. What the ends of the timeline cannot tell is worked out from all of it: a late word on a
version that was only read by name, a name that joins two histories or parts them.
"""

from collections.abc import Collection, Iterable

from headwater_collector.projection.ends import Change, Ends
from headwater_collector.projection.facts.version import VersionFacts
from headwater_collector.projection.groups import leader, members, open_groups
from headwater_collector.projection.touch import (
    Touches,
    first_reading,
    named_by,
    named_write,
    plain_write,
    touches,
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
)
from headwater_collector.projection.view import View

Access = tuple[str, str]
"""Keys of a run and of a dataset that it reads or writes."""


def rebind(view: View, runs: Iterable[str], without: Collection[str]) -> None:
    """Bind the reads of these runs, and of all others that what these runs wrote concerns.

    Leaves out groups, by their leader, whose whole timeline was worked out in this batch: what is new of it cannot be
    told any more.
    """
    changes: list[Change] = []
    for run in runs:
        old, new = touches(view.runs.before(run)), touches(view.runs.now[run])
        concerned = {dataset for dataset in {*old, *new} if old.get(dataset) != new.get(dataset)}
        if concerned and view.runs.now[run].is_shared():
            concerned |= _beside(view, concerned, {*old, *new})
        changes += [Change(run, name, old.get(name, ()), new.get(name, ())) for name in sorted(concerned)]
    open_groups(view, {change.dataset for change in changes})
    by_leader: dict[str, list[Change]] = {}
    for change in changes:
        first = leader(view, change.dataset)
        if first not in without:
            by_leader.setdefault(first, []).append(change)
    _load_versions(view, by_leader)
    for first, of_group in by_leader.items():
        if not Ends(view, first, of_group).bind():
            rebind_all(view, first)


def _beside(view: View, concerned: Collection[str], datasets: Collection[str]) -> set[str]:
    """Return the other names of what is concerned that a run touches: one job may read what another wrote."""
    open_groups(view, datasets)
    leaders = {leader(view, dataset) for dataset in concerned}
    return {dataset for dataset in datasets if leader(view, dataset) in leaders}


def _load_versions(view: View, by_leader: dict[str, list[Change]]) -> None:
    view.load(
        {
            named_version(view, change.dataset, version)
            for changes in by_leader.values()
            for change in changes
            for version in named_by(change.now)
        }
    )


def declare(view: View, dataset: str, versions: Iterable[str]) -> bool:
    """Take in versions that DatasetEvents name; their readers no longer mean another one.

    Returns whether that took the whole timeline, with all that the batch says of it.
    """
    open_groups(view, [dataset])
    whole = False
    for version in versions:
        facts = version_facts(view, dataset, version)
        if not facts.event:
            facts.event = True
            others = others_of(view, dataset, version).values()
            if facts.first_read or any(other.first_read and not other.known() for other in others):
                rebind_all(view, dataset)
                whole = True
    return whole


def rebind_all(view: View, dataset: str, former: Iterable[str] = ()) -> None:
    """Work out the whole timeline of a dataset and its other names again, from all runs that touch any of them.

    Give the names that were one with it before the batch: its reads may be bound to versions of theirs.
    """
    group = members(view, dataset)
    view.open(view.datasets, group)
    names = frozenset(group)
    keys = _runs_of(view, names, former)
    found: dict[Access, Touches] = {}
    for run in sorted(keys):
        found.update(((run, name), done) for name, done in touches(view.runs.find(run)).items() if name in names)
    versions = _all_versions(view, names, keys, found)
    plain = [
        (time, own_version(view, name, run, "run"))
        for (run, name), done in found.items()
        for time, ok in [plain_write(done)]
        if ok
    ]
    entries = sorted(plain + [(facts.written(), name) for name, facts in versions.items() if facts.written()])
    for facts in versions.values():
        _stand_in(view, facts, plain)
    _set_ends(view, group[0], found, versions.values(), plain, entries)
    written = Written(entries)
    for run in sorted(keys):
        facts_ = view.runs.now[run]
        for name in sorted({*touches(facts_), *facts_.bound, *facts_.carried} & names):
            _bind_run(view, name, run, found.get((run, name), ()), names, written)


def _set_ends(
    view: View,
    first: str,
    found: dict[Access, Touches],
    versions: Iterable[VersionFacts],
    plain: list[Entry],
    entries: list[Entry],
) -> None:
    for name in members(view, first):
        facts = view.datasets.now[name]
        facts.head, facts.plain_head, facts.last_read, facts.last_named = [], [], "", ""
    facts = view.datasets.now[first]
    facts.head, facts.plain_head = list(max(entries, default=())), list(max(plain, default=()))
    every = [touch for done in found.values() for touch in done]
    reads = [max(touch.at, touch.until) for touch in every if touch.reads == ()]
    facts.last_read = max(reads + [touch.written_at for touch in every if touch.carries], default="")
    facts.last_named = max((v.first_read for v in versions if not v.known() and not v.alias), default="")


def _stand_in(view: View, facts: VersionFacts, plain: list[Entry]) -> None:
    """Find what the readers of a version that nobody knows by its own name are bound to."""
    facts.alias, facts.substitute = "", ""
    if not facts.known() and facts.first_read:
        facts.alias = alias_of(view, facts.dataset, facts.version)
        if not facts.alias:
            facts.substitute = max((e for e in plain if e[0] < facts.first_read), default=("", ""))[1]


def _bind_run(view: View, dataset: str, run: str, done: Touches, group: frozenset[str], written: Written) -> None:
    facts = view.runs.now[run]
    facts.bound.pop(dataset, None)
    facts.carried.pop(dataset, None)
    for touch in done:
        carry(view, run, dataset, group, touch, written.entries)
        if touch.reads:
            versions = [(v, version_facts(view, dataset, v)) for v in touch.reads]
            bound = distinct([bind_named(view, dataset, v, known) for v, known in versions])
        elif touch.reads is not None:
            bound = [bind_unnamed(view, dataset, run, written.newest(touch.at, seen_inside(view, run, touch, group)))]
        else:
            continue
        facts.bound.setdefault(dataset, {})[touch.part] = bound


def _all_versions(
    view: View, group: frozenset[str], runs: Iterable[str], found: dict[Access, Touches]
) -> dict[str, VersionFacts]:
    """Return all versions of a group that are named, or were before the batch, with who writes and reads them now."""
    named = {(name, v) for (_, name), done in found.items() for v in named_by(done)}
    named |= {(name, v) for name in group for v in view.datasets.now[name].versions}
    for run in runs:
        named |= {(n, v) for n, done in touches(view.runs.before(run)).items() if n in group for v in named_by(done)}
    view.load(named_version(view, name, version) for name, version in named)
    versions = {named_version(view, *each): version_facts(view, *each) for each in sorted(named)}
    by_dataset: dict[str, dict[str, Touches]] = {}
    for (run, name), done in found.items():
        by_dataset.setdefault(name, {})[run] = done
    for facts in versions.values():
        mine = by_dataset.get(facts.dataset, {})
        writers = {run: named_write(done, facts.version) for run, done in mine.items()}
        facts.writers = {run: (time, ok) for run, (time, ok) in writers.items() if time}
        facts.first_read = first_reading((touch for done in mine.values() for touch in done), facts.version)
        facts.event = facts.version in view.datasets.now[facts.dataset].versions
    return versions


def _runs_of(view: View, group: frozenset[str], former: Iterable[str]) -> set[str]:
    """Return the runs that touch any of a group or did before the batch, loaded.

    They are asked for once for all parts of what was one group: very many may leave it at a time.
    """
    every = group.union(former)
    if every not in view.touching:
        keys = {*view.transaction.runs_touching(every)}
        view.load(keys)
        found = view.touching[every] = {}
        for run in keys | view.runs.now.keys():
            for name in {*touches(view.runs.before(run)), *touches(view.runs.find(run))} & every:
                found.setdefault(name, set()).add(run)
    return {run for name in group for run in view.touching[every].get(name, ())}
