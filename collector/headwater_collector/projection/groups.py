"""Which datasets are one: every dataset with all its other names, as symlinks and rules link them.

Raw names keep their nodes, their versions and their registers; a group shares one timeline of reads and writes, so that
what was written under one name is found by who reads it under another. Links join whichever dataset says them.
"""

from collections.abc import Collection, Iterable, Mapping

from headwater_graph.keys import dataset_key

from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.view import View


def links(dataset: str, facts: DatasetFacts | None) -> set[str]:
    """Return the keys of the datasets that a dataset is another name of, as it says or alias rules do."""
    if facts is None:
        return set()
    register = facts.registers.get("symlinks")
    found = {dataset_key(namespace, name) for namespace, name, _ in (register[1] or () if register else ())}
    found |= {dataset_key(namespace, name) for _, namespace, name in facts.ruled}
    return found - {dataset}


def members(view: View, dataset: str) -> list[str]:
    """Return the keys of all names of a dataset, its own among them, sorted; of the others nothing is loaded."""
    first = view.datasets.now[dataset].group
    if not first:
        return [dataset]
    name = _group_key(first)
    view.load([name])
    return view.groups.find(name) or [dataset]


def _group_key(first: str) -> str:
    """Return the key of the facts that tell the members of a group."""
    return f"group|{first}"


def leader(view: View, dataset: str) -> str:
    """Return the key of the name whose facts keep the ends of the common timeline."""
    return view.datasets.now[dataset].group or dataset


def open_groups(view: View, datasets: Iterable[str]) -> None:
    """Load these datasets, each with the one that leads its group."""
    wanted = list(datasets)
    view.open(view.datasets, wanted)
    view.open(view.datasets, {leader(view, dataset) for dataset in wanted})


def regroup(view: View, *, parted: bool = False) -> dict[str, set[str]]:
    """Bring the groups up to date with what the batch says; `parted` if it may take all links of a dataset away.

    Returns the groups that came to be by joining or parting histories, by their leader: only all of their runs can tell
    how their reads are bound now, and these are to be found under all names that were one with theirs before.
    """
    changed = {
        dataset
        for dataset, facts in view.datasets.now.items()
        if (parted or facts.ruled or "symlinks" in facts.registers)
        and links(dataset, facts) != links(dataset, view.datasets.before(dataset))
    }
    return relink(view, changed) if changed else {}


def relink(view: View, changed: Collection[str]) -> dict[str, set[str]]:
    """Work out the groups of datasets whose links changed; return as `regroup` does."""
    seeds = set(changed)
    seeds |= {other for dataset in seeds for other in links(dataset, view.datasets.now[dataset])}
    open_groups(view, seeds)
    before = {name: every for dataset in seeds for every in [members(view, dataset)] for name in every}
    if all(links(name, view.datasets.before(name)) <= links(name, view.datasets.now[name]) for name in changed):
        found = _joined(view, changed, before)
    else:  # only all links of all of them can tell what holds together still
        view.open(view.datasets, before)
        found = _components({name: links(name, view.datasets.now[name]) for name in before})
    formed = {group[0]: _form(view, group, before) for group in found}
    for first in {every[0] for every in before.values()} - {group[0] for group in found if len(group) > 1}:
        view.groups.gone |= {_group_key(first)} & view.groups.now.keys()
    return {first: former for first, former in formed.items() if former}


def _joined(view: View, changed: Iterable[str], before: Mapping[str, list[str]]) -> list[list[str]]:
    """Return the groups that come of former ones where links only come to them: of their members nothing is read."""
    near: dict[str, set[str]] = {every[0]: set() for every in before.values()}
    for name in changed:
        near[before[name][0]] |= {before[other][0] for other in links(name, view.datasets.now[name])}
    return [sorted(name for first in firsts for name in before[first]) for firsts in _components(near)]


def _components(links_: Mapping[str, Collection[str]]) -> list[list[str]]:
    """Return the parts of these datasets that links hold together, each sorted."""
    near: dict[str, set[str]] = {dataset: set() for dataset in links_}
    for dataset, others in links_.items():
        for other in others:
            near[dataset].add(other)
            near[other].add(dataset)
    found: list[list[str]] = []
    left = dict.fromkeys(sorted(near))
    while left:
        part: set[str] = set()
        edge = {next(iter(left))}
        while edge:
            part |= edge
            edge = {other for dataset in edge for other in near[dataset]} - part
        for dataset in part:
            del left[dataset]
        found.append(sorted(part))
    return found


def _form(view: View, group: list[str], before: Mapping[str, list[str]]) -> set[str]:
    """Make these datasets one group; return all former names if their histories have to be worked out together."""
    every = {before[name][0]: before[name] for name in group}
    if [*every.values()] == [group]:
        return set()
    former = [names for first, names in every.items() if len(names) > 1 or _has_past(view, first)]
    _point(view, group, before)
    names = {name for each in former for name in each}
    if len(former) > 1 or not names <= set(group):
        return names
    for first, *_ in former:
        _move_ends(view.datasets.now[first], view.datasets.now[group[0]])
    return set()


def _point(view: View, group: list[str], before: Mapping[str, list[str]]) -> None:
    """Let all of a group know who is the first of it; most of a large one do already."""
    first = group[0] if len(group) > 1 else ""
    others = [name for name in group if len(before[name]) == 1 or before[name][0] != first]
    view.open(view.datasets, others)
    for name in others:
        view.datasets.now[name].group = first
    if first:
        view.groups.now[_group_key(first)] = group
        view.groups.gone.discard(_group_key(first))


def _has_past(view: View, dataset: str) -> bool:
    return view.datasets.before(dataset) is not None


def _move_ends(old: DatasetFacts, new: DatasetFacts) -> None:
    """Let the facts of another name keep the ends of the timeline from now on."""
    if old is not new:
        new.head, new.plain_head, new.last_read, new.last_named = (
            old.head,
            old.plain_head,
            old.last_read,
            old.last_named,
        )
        old.head, old.plain_head, old.last_read, old.last_named = [], [], "", ""
