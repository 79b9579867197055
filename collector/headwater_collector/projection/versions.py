"""The versions of a dataset: their keys, and which one a read is bound to, once it is known what was written before."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence

from headwater_graph.keys import key

from headwater_collector.projection.facts import Binding, VersionFacts
from headwater_collector.projection.groups import members
from headwater_collector.projection.touch import Touch, touches
from headwater_collector.projection.view import View

Entry = tuple[str, str]
"""Time of a write that did not fail, and the key of the version."""


def named_version(view: View, dataset: str, version: str) -> str:
    """Return the key of a version that somebody named."""
    facts = view.datasets.now[dataset]
    return key("version", facts.namespace, facts.name, "v", version)


def own_version(view: View, dataset: str, run: str, kind: str) -> str:
    """Return the key of the version that a run wrote without naming it, or read before any write is known."""
    facts = view.datasets.now[dataset]
    return key("version", facts.namespace, facts.name, kind, run)


def version_facts(view: View, dataset: str, version: str) -> VersionFacts:
    """Return the facts of a version that somebody named, made if there are none yet."""
    name = named_version(view, dataset, version)
    view.load([name])
    found = view.versions.find(name)
    if found is None:
        found = view.versions.now[name] = VersionFacts(dataset, version)
    return found


def others_of(view: View, dataset: str, version: str) -> dict[str, VersionFacts]:
    """Return what is known of the versions of that name of the dataset's other names, by key, in order of the names."""
    others = [other for other in members(view, dataset) if other != dataset]
    view.open(view.datasets, others)
    keys = {other: named_version(view, other, version) for other in others}
    view.load(keys.values())
    found = {name: view.versions.find(name) for name in keys.values()}
    return {name: facts for name, facts in found.items() if facts}


def alias_of(view: View, dataset: str, version: str) -> str:
    """Return the key of the version of that name that is known under another name of the dataset, "" for none."""
    return next((name for name, facts in others_of(view, dataset, version).items() if facts.known()), "")


def bind_named(view: View, dataset: str, version: str, facts: VersionFacts) -> Binding:
    """Return what a read that names a version is bound to."""
    if not facts.known() and facts.alias:
        return (facts.alias, False, version)
    if facts.known() or not facts.substitute:
        return (named_version(view, dataset, version), False, "")
    return (facts.substitute, True, version)


def newest_before(entries: Sequence[Entry], at: str) -> Entry:
    """Return the newest of sorted entries that is earlier, ("", "") if there is none."""
    earlier = bisect_left(entries, (at, ""))
    return entries[earlier - 1] if earlier else ("", "")


def bind_unnamed(view: View, dataset: str, run: str, newest: Entry) -> Binding:
    """Return what a read without a version is bound to: the newest write before it, or a version that nobody knows."""
    return (newest[1] if newest[0] else own_version(view, dataset, run, "unknown"), True, "")


def written_by(view: View, run: str, group: Collection[str]) -> set[str]:
    """Return the keys of the versions that a run wrote of any of these datasets."""
    written = {name: touch.writes for name, touch in touches(view.runs.now[run]).items() if name in group}
    view.open(view.datasets, written)
    named = {named_version(view, name, v) for name, writes in written.items() for v in writes or ()}
    return named | {own_version(view, name, run, "run") for name, writes in written.items() if writes == ()}


def carry(view: View, run: str, dataset: str, group: Collection[str], touch: Touch, entries: Iterable[Entry]) -> bool:
    """Find the version that lives on in what a run adds to: the newest one of others among these, written before.

    Returns False if the run adds to something, but there is none.
    """
    facts = view.runs.now[run]
    facts.carried.pop(dataset, None)
    if not touch.carries:
        return True
    own = written_by(view, run, group)
    best = max((e for e in entries if e[0] < touch.written_at and e[1] not in own), default=None)
    if best:
        facts.carried[dataset] = best[1]
    return best is not None


def distinct(bindings: list[Binding]) -> list[Binding]:
    """Return one binding per version node: what was named outranks what is inferred, then the least name."""
    best: dict[str, Binding] = {}
    for binding in bindings:
        known = best.get(binding[0])
        if known is None or (binding[1], binding[2]) < (known[1], known[2]):
            best[binding[0]] = binding
    return [best[name] for name in sorted(best)]
