"""Which datasets are one: every dataset with all its other names, as symlinks and rules link them (DESIGN, section 4).

Raw names keep their nodes, their versions and their registers; a group shares one timeline of reads and writes, so that
what was written under one name is found by who reads it under another. Links join whichever dataset says them.
"""

from collections.abc import Iterable

from headwater_graph.keys import dataset_key

from headwater_collector.projection.facts import DatasetFacts
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
    """Return the keys of all names of a dataset, loaded already, its own among them."""
    return view.datasets.now[dataset].group or [dataset]


def leader(view: View, dataset: str) -> str:
    """Return the key of the name whose facts keep the ends of the common timeline."""
    return members(view, dataset)[0]


def open_groups(view: View, datasets: Iterable[str]) -> None:
    """Load these datasets with all their other names."""
    wanted = list(datasets)
    view.open(view.datasets, wanted)
    view.open(view.datasets, {name for dataset in wanted for name in view.datasets.now[dataset].group})


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


def relink(view: View, changed: Iterable[str]) -> dict[str, set[str]]:
    """Work out the groups of datasets whose links changed; return as `regroup` does."""
    seeds = set(changed)
    seeds |= {other for dataset in seeds for other in links(dataset, view.datasets.now[dataset])}
    open_groups(view, seeds)
    concerned = {name for dataset in seeds for name in members(view, dataset)}
    formed = {group[0]: _form(view, group) for group in _components(view, concerned)}
    return {first: former for first, former in formed.items() if former}


def _components(view: View, datasets: set[str]) -> list[list[str]]:
    """Return the parts of these datasets that links hold together, each sorted."""
    near: dict[str, set[str]] = {dataset: set() for dataset in datasets}
    for dataset in datasets:
        for other in links(dataset, view.datasets.now[dataset]):
            near[dataset].add(other)
            near[other].add(dataset)
    found: list[list[str]] = []
    left = set(datasets)
    while left:
        part: set[str] = set()
        edge = {min(left)}
        while edge:
            part |= edge
            edge = {other for dataset in edge for other in near[dataset]} - part
        left -= part
        found.append(sorted(part))
    return found


def _form(view: View, group: list[str]) -> set[str]:
    """Make these datasets one group; return all former names if their histories have to be worked out together."""
    wanted = group if len(group) > 1 else []
    every = [view.datasets.now[dataset] for dataset in group]
    if all(facts.group == wanted for facts in every):
        return set()
    former = {tuple(facts.group or [name]) for name, facts in zip(group, every, strict=True) if _has_past(view, name)}
    for facts in every:
        facts.group = wanted
    names = {name for each in former for name in each}
    if len(former) > 1 or not names <= set(group):
        return names
    for first, *_ in former:
        _move_ends(view.datasets.now[first], view.datasets.now[group[0]])
    return set()


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
