"""How fine an answer is: every operation as it was reported, jobs, applications, or datasets alone.

Folding replaces nodes of an answer by the one that stands for them; what was said stays in the graph as it was.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, get_args

from headwater_graph.keys import dataset_key, is_whole, kind_of
from headwater_graph.queries import Queries

from headwater_collector.answers import names, node
from headwater_collector.answers.alias_names import AliasNames, Names
from headwater_collector.answers.folding import SEPARATORS, Folding, Rule
from headwater_collector.answers.names import Thing
from headwater_collector.answers.subgraph import Cut, Edge, joins

Granularity = Literal["operation", "run", "job", "application", "dataset"]
GRANULARITIES: Final[tuple[Granularity, ...]] = get_args(Granularity)

FLOWS: Final = "FLOWS_TO"
"""Type of an edge that is not in the graph as one: from a dataset to one that is made from it."""

_MOST_PARTS: Final = 100_000


@dataclass(slots=True)
class Parts:
    """The parts of the datasets that an answer has met."""

    folding: Folding
    owners: dict[str, str] = field(default_factory=dict)
    """Key of the whole by the key of its part."""
    wholes: dict[str, node.Node] = field(default_factory=dict)
    cut: bool = False
    """There are more than were looked for."""
    names: AliasNames = field(default_factory=AliasNames)
    _met: set[str] = field(default_factory=set)

    def meet(self, queries: Queries, nodes: Iterable[node.Node]) -> set[str]:
        """Look for the parts of these datasets and of what they are parts of; return the keys of all found."""
        known = {each["key"]: each for each in nodes}
        candidates = {dataset_key(*names): names for each in known.values() for names in self._candidates(each)}
        fresh = {key: names for key, names in candidates.items() if key not in self._met and is_whole(key)}
        if not fresh:
            return set()
        self._met |= fresh.keys()
        prefixes = [key + separator for key in fresh for separator in SEPARATORS]
        unknown = [key for key in fresh if key not in known]
        rows = queries.read("datasets_under", prefixes=prefixes, keys=unknown, cap=_MOST_PARTS)["datasets"]
        self.cut |= len(rows) >= _MOST_PARTS
        by_namespace: dict[str, dict[str, list[Any]]] = defaultdict(dict)
        for row in rows:
            by_namespace[row[2]][row[3]] = row
        found: set[str] = set()
        of_whole = self._grouped(by_namespace)
        for key, (namespace, name) in fresh.items():
            parts = self.folding.parts(name, of_whole.get((namespace, name), ()))
            if parts:
                found |= self._fold(key, (namespace, name), parts, by_namespace[namespace], known.get(key))
        return found

    def _candidates(self, each: node.Node) -> Iterator[tuple[str, str]]:
        """Yield the names of what may have parts: the dataset, and if its name tells that it is a part, the whole."""
        if each["kind"] != "dataset":
            return
        of = self.folding.whole(each["name"])
        if of:
            yield each["namespace"], of[0]
        if of is None or of[1].beside:
            yield each["namespace"], each["name"]

    def _grouped(self, found: Mapping[str, Iterable[str]]) -> dict[tuple[str, str], list[str]]:
        groups: dict[tuple[str, str], list[str]] = defaultdict(list)
        for namespace, within in found.items():
            for name in within:
                of = self.folding.whole(name)
                if of:
                    groups[namespace, of[0]].append(name)
        return groups

    def _fold(
        self,
        key: str,
        names: tuple[str, str],
        parts: Mapping[str, Rule],
        rows: Mapping[str, list[Any]],
        known: node.Node | None,
    ) -> set[str]:
        own = rows.get(names[1])
        whole = known or (node.dataset(*own) if own else node.dataset(key, (), *names, None, None))
        rules = sorted({rule.name for rule in parts.values()})
        self.wholes[key] = {**whole, "parts": len(parts), "foldedBy": rules}
        keys = {rows[part][0] for part in parts}
        self.owners.update((part, key) for part in keys)
        return {*keys, key} if own or known else keys

    def meet_named(self, queries: Queries, datasets: Iterable[str]) -> None:
        """Look for the parts of these datasets, and of what they are parts of, under all of their names."""
        fresh = self.names.meet(queries, filter(is_whole, datasets))
        while fresh:
            before = len(self.owners)
            self.meet(queries, [node.named_dataset(key) for key in fresh if is_whole(key)])
            if len(self.owners) == before:
                return
            fresh = self.names.meet(queries, {*self.owners, *self.wholes})

    def of(self, queries: Queries, dataset: str) -> list[str]:
        """Return the keys of the parts of a dataset, whichever of its names they lie under."""
        self.meet_named(queries, [dataset])
        named = self.names.of(dataset)
        return sorted(part for part, whole in self.owners.items() if whole in named)

    def containments(self) -> Iterator[tuple[Names, Names]]:
        """Yield what lies in what, by all names: a part in its whole, and in a part whose path its own goes on."""
        for part, whole in self.owners.items():
            if whole not in self.owners:
                for above in (whole, *(above for above in _directories(part) if self.owners.get(above) == whole)):
                    one, other = self.names.of(part), self.names.of(above)
                    if one != other:
                        yield one, other

    def overlapping(self, queries: Queries, dataset: str) -> tuple[list[Names], list[Names]]:
        """Return the datasets that lie in a dataset, and those that it lies in, each by all of its names."""
        self.meet_named(queries, [dataset])
        named, pairs = self.names.of(dataset), list(self.containments())
        inside = {one for one, other in pairs if other == named}
        return sorted(inside), sorted({other for one, other in pairs if one == named})

    def rule(self, name: str) -> Rule | None:
        """Return the rule by which a dataset of this name is a part, None if there is none."""
        of = self.folding.whole(name)
        return of[1] if of else None

    def named(self, queries: Queries, text: str) -> Thing | None:
        """Return the dataset that a text names, which nobody named but whose parts are known; None if there is none."""
        for namespace, name in names.pairs(text):
            whole = node.dataset(dataset_key(namespace, name), (), namespace, name, None, None)
            if self.meet(queries, [whole]) and whole["key"] in self.wholes:
                return Thing(whole["key"], (), {"namespace": namespace, "name": name})
        return None

    def joins(self) -> list[Edge]:
        """Return the edges, both ways, that lead from a part to its whole, which are no step."""
        return joins(self.owners.items())


def _directories(key: str) -> Iterator[str]:
    at = key.rfind("/")
    while at > 0:
        yield key[:at]
        at = key.rfind("/", 0, at)


def folds(queries: Callable[[], Queries], folding: Folding, of: str | None) -> dict[str, Any]:
    """Return the rules of folding, and the parts of a dataset if one is named. Raises `NotFound`."""
    rules = [
        {"name": r.name, "pattern": r.pattern.pattern, "beside": r.beside or None, "description": r.description}
        for r in folding.rules
    ]
    if of is None:
        return {"rules": rules}
    parts = Parts(folding)
    whole = parts.named(queries(), of)
    if whole is None:
        thing = names.find(queries(), of, ("dataset",))
        parts.meet(queries(), [thing.as_json()])
        whole = thing
    top = parts.owners.get(whole.key, whole.key)
    found = sorted(part for part, owner in parts.owners.items() if owner == top)
    return {"rules": rules, "of": parts.wholes.get(top, whole.as_json()), "parts": found}


def same_jobs(queries: Queries, keys: Iterable[str]) -> dict[str, str]:
    """Return the job that stands for several that are one, by the key of each: one dbt model under several names."""
    groups: dict[tuple[str, str], list[tuple[int, str, str]]] = defaultdict(list)
    for key, namespace, name, dbt_id in queries.read("same_jobs", keys=list(keys))["jobs"]:
        groups[namespace, dbt_id].append((len(name), name, key))
    return {key: min(jobs)[2] for jobs in groups.values() for _, _, key in jobs}


def datasets_only(cut: Cut) -> Cut:
    """Return the data of an answer, with edges from data to data that lead through jobs, runs and their steps.

    An edge has the evidence of its way in.
    """
    into: dict[str, list[Edge]] = defaultdict(list)
    out_of: dict[str, list[str]] = defaultdict(list)
    found: dict[tuple[str, str], Edge] = {}
    for edge in cut.edges:
        source, target = edge[:2]
        if not is_data(source):
            out_of[source].append(target)
        elif not is_data(target):
            into[target].append(edge)
        else:
            found[source, target] = edge
    for act, incoming in into.items():
        for edge in incoming:
            for target in _made_by(act, out_of):
                if edge[0] != target:
                    found.setdefault((edge[0], target), (edge[0], target, FLOWS, *edge[3:]))
    data = {key: distance for key, distance in cut.distances.items() if is_data(key)}
    return Cut(data, list(found.values()), cut.stopped_by)


def _made_by(act: str, out_of: Mapping[str, Iterable[str]]) -> dict[str, None]:
    """Return the data that comes out of a job, a run or a step, also through other jobs."""
    made: dict[str, None] = {}
    passed, waiting = {act}, [act]
    while waiting:
        for target in out_of.get(waiting.pop(), ()):
            if is_data(target):
                made[target] = None
            elif target not in passed:
                passed.add(target)
                waiting.append(target)
    return made


def is_data(key: str) -> bool:
    """Return whether a key is of a dataset or a version of one."""
    return kind_of(key) in ("dataset", "version")
