"""The versions of a dataset: their keys, and which one a read is bound to, once it is known what was written before."""

from bisect import bisect_left
from collections.abc import Collection, Iterable

from headwater_graph.keys import key

from headwater_collector.projection.facts.run import Binding
from headwater_collector.projection.facts.version import VersionFacts
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


class Written:
    """The writes of a timeline, or of its part since some time and the newest one before."""

    def __init__(self, entries: list[Entry]) -> None:
        """Take entries that are sorted."""
        self.entries = entries
        self._times: dict[str, str] = {}

    def newest(self, at: str, inside: Collection[str] = ()) -> Entry:
        """Return the newest write that is earlier or of one of these versions, ("", "") if there is none."""
        earlier = bisect_left(self.entries, (at, ""))
        newest = self.entries[earlier - 1] if earlier else ("", "")
        return max(newest, self.newest_of(inside)) if inside else newest

    def newest_of(self, versions: Iterable[str], since: str = "") -> Entry:
        """Return the newest write of one of these versions that is not before `since`, ("", "") if there is none."""
        self._times = self._times or {name: time for time, name in self.entries}
        found = ((self._times[name], name) for name in versions if name in self._times)
        return max((entry for entry in found if entry[0] >= since), default=("", ""))


def bind_unnamed(view: View, dataset: str, run: str, newest: Entry) -> Binding:
    """Return what a read without a version is bound to: the newest write before it, or a version that nobody knows."""
    return (newest[1] if newest[0] else own_version(view, dataset, run, "unknown"), True, "")


def written_by(view: View, run: str, group: Collection[str]) -> dict[str, list[Touch]]:
    """Return what wrote each version that a run wrote of any of these datasets, by the keys of the versions."""
    done = {name: each for name, each in touches(view.runs.now[run]).items() if name in group}
    view.open(view.datasets, done)
    found: dict[str, list[Touch]] = {}
    for name, each in done.items():
        for touch in each:
            named = [named_version(view, name, version) for version in touch.writes or ()]
            for version in [own_version(view, name, run, "run")] if touch.writes == () else named:
                found.setdefault(version, []).append(touch)
    return found


def seen_inside(view: View, run: str, touch: Touch, group: Collection[str]) -> dict[str, list[Touch]]:
    """Return the versions that other jobs wrote in the run that they share with a reader, early enough for it to see.

    What the reader writes itself it does not read.
    """
    if not touch.until:
        return {}
    return {
        version: by
        for version, by in written_by(view, run, group).items()
        if all(other.part != touch.part for other in by)
        and any(other.ok and other.written_at < touch.until for other in by)
    }


def carry(view: View, run: str, dataset: str, group: Collection[str], touch: Touch, entries: Iterable[Entry]) -> bool:
    """Find the version that lives on in what a run adds to: the newest one of others among these, written before.

    Returns False if the run adds to something, but there is none.
    """
    carried = view.runs.now[run].carried
    forget(carried, dataset, touch.part)
    if not touch.carries:
        return True
    own = written_by(view, run, group)
    best = max((e for e in entries if e[0] < touch.written_at and e[1] not in own), default=None)
    if best:
        carried.setdefault(dataset, {})[touch.part] = best[1]
    return best is not None


def forget(known: dict[str, dict[str, str]], dataset: str, part: str) -> None:
    """Drop what is known of a dataset for one job."""
    if dataset in known:
        known[dataset].pop(part, None)
        if not known[dataset]:
            del known[dataset]


def distinct(bindings: list[Binding]) -> list[Binding]:
    """Return one binding per version node: what was named outranks what is inferred, then the least name."""
    best: dict[str, Binding] = {}
    for binding in bindings:
        known = best.get(binding[0])
        if known is None or (binding[1], binding[2]) < (known[1], known[2]):
            best[binding[0]] = binding
    return [best[name] for name in sorted(best)]
