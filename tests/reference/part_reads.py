"""What an answer of the run level must hold, reads of parts included, worked out from a whole graph by brute force."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from headwater_graph.keys import dataset_key

from tests.reference.graph import Graph
from tests.reference.groups import alias_groups

Whole = Callable[[str], str]
"""Returns the key of what a dataset is a part of, its own if it is none."""
Flow = tuple[str, str, str]
"""Source, target and type of an edge."""

FLOWS = ("READ_BY", "WROTE", "CARRIED_INTO")


def part_reads(graph: Graph, whole: Whole) -> set[tuple[str, str]]:
    """Return the versions of parts (of wholes) that were read besides, with the run or step that read them."""
    versions = graph.of_label("DatasetVersion")
    groups = alias_groups(graph)
    datasets = {groups.get(dataset, frozenset({dataset})) for dataset in graph.of_label("Dataset")}
    found = set()
    for (type_, version, reader, _), said in graph.edges.items():
        if type_ == "READ_BY" and said["inferred"] and "namedVersion" not in said:
            began = graph.nodes[owner(graph, reader)][1]["at"]
            known = versions[version].get("writtenAt", "")
            (read,) = [names for names in datasets if versions[version]["datasetKey"] in names]
            for other in datasets - {read}:
                if any(overlap(one, another, whole) for one in other for another in read):
                    newest = max(_written(versions, other, began), default=("", ""))
                    if newest[0] > known:
                        found.add((newest[1], reader))
    return found


def _written(versions: dict[str, dict[str, Any]], dataset: frozenset[str], before: str) -> Iterator[tuple[str, str]]:
    for key, said in versions.items():
        if said["datasetKey"] in dataset and not said.get("failed") and "" < said.get("writtenAt", "") < before:
            yield said["writtenAt"], key


def overlap(one: str, other: str, whole: Whole) -> bool:
    """Return whether one of two datasets is part of the other one, or both are of a third and one lies in the other."""
    of = whole(one)
    if one == other or of != whole(other):
        return False
    return of in (one, other) or one.startswith(f"{other}/") or other.startswith(f"{one}/")


def owner(graph: Graph, act: str) -> str:
    """Return the run that a step is part of, or the run itself."""
    return next((run for run in graph.sources("HAS_STEP", act) if act.startswith("runstep")), act)


def answer(graph: Graph, begin: Iterable[str], extra: set[tuple[str, str]], *, upstream: bool) -> set[Flow]:
    """Return the edges that lead to or from these nodes, with the reads besides; steps are their runs."""
    flows = {(s, t, type_) for type_, s, t, _ in graph.edges if type_ in FLOWS} | {(v, r, "READ_BY") for v, r in extra}
    seen, todo, found = set[str](), [*begin], set[Flow]()
    todo += [step for run in todo for step in graph.targets("HAS_STEP", run)]
    while todo:
        near = todo.pop()
        if near not in seen:
            seen.add(near)
            leading = {flow for flow in flows if flow[1 if upstream else 0] == near}
            found |= leading
            todo += [flow[0 if upstream else 1] for flow in leading]
    whole = {(owner(graph, source), owner(graph, target), type_) for source, target, type_ in found}
    return {flow for flow in whole if flow[0] != flow[1]}


def in_one(graph: Graph, flows: set[Flow], whole: Whole) -> set[Flow]:
    """Return the edges with the versions of parts of one dataset, unnamed and of one run, as the whole's version."""
    groups: dict[str, set[str]] = {}
    for key in {end for source, target, _ in flows for end in (source, target)}:
        groups.setdefault(of_whole(graph, key, whole), set()).add(key)
    one = {key: stand_in for stand_in, keys in groups.items() if len(keys) > 1 for key in keys}
    return {(one.get(source, source), one.get(target, target), type_) for source, target, type_ in flows}


def of_whole(graph: Graph, key: str, whole: Whole) -> str:
    """Return the key of the version of the whole that an unnamed one of a part may be one with, else the key itself."""
    if not key.startswith("version|") or "version" in graph.nodes.get(key, ((), {}))[1]:
        return key
    kind, namespace, name, *of_run = key.split("|")
    return "|".join([kind, namespace, whole(dataset_key(namespace, name)).split("|")[2], *of_run])
