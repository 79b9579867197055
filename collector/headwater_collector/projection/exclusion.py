"""Taking events out of the graph: it becomes the graph of all others, as if these had never come.

What an event said cannot be subtracted: registers keep the latest, times the earliest. So the facts of every scope that
it speaks of are made anew from the other events that speak of it, and what is worked out of facts is worked out again.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, Final

from headwater_graph.store import GraphTransaction

from headwater_collector.projection.facts import DatasetFacts, JobFacts, RunFacts
from headwater_collector.projection.projector import difference, merge
from headwater_collector.projection.saying import Saying
from headwater_collector.projection.timeline import Touch, named_version, rebind_all, touches
from headwater_collector.projection.view import View
from headwater_collector.projection.wiring import rewire

KINDS: Final = ("runs", "jobs", "datasets", "columns")
"""The parts of a `Saying` that hold facts by scope; a `View` calls them the same."""


class Remainder:
    """All that other events say of the scopes that the excluded ones speak of."""

    def __init__(self, excluded: Iterable[Saying]) -> None:
        """Begin with nothing said of them."""
        self.scopes: dict[str, set[str]] = {kind: set() for kind in KINDS}
        for saying in excluded:
            for kind in KINDS:
                self.scopes[kind].update(getattr(saying, kind))
        self.said = Saying("")

    def concerns(self, saying: Saying) -> bool:
        """Return whether an event speaks of any of these scopes."""
        return any(not self.scopes[kind].isdisjoint(getattr(saying, kind)) for kind in KINDS)

    def add(self, saying: Saying) -> None:
        """Take in what an event that is not excluded says of these scopes; it must not be used any more."""
        if not self.concerns(saying):
            return
        for kind in KINDS:
            _add(getattr(self.said, kind), getattr(saying, kind), self.scopes[kind])
        self.said.contents.update(saying.contents)
        self.said.shapes.update(saying.shapes)


def _add(known: dict[str, Any], said: Mapping[str, Any], scopes: set[str]) -> None:
    for name, facts in said.items():
        if name in known:
            known[name].merge(facts)
        elif name in scopes:
            known[name] = facts


def exclude(transaction: GraphTransaction, remainder: Remainder) -> None:
    """Make the graph, in this transaction, the one of all events but the excluded ones.

    `remainder` has been given all other events that the graph holds. Doing it again changes nothing.
    """
    view = View(transaction)
    scopes = remainder.scopes
    view.load(set().union(*scopes.values()))
    for kind in KINDS:
        getattr(view, kind).begin_anew(scopes[kind])
    merge(view, deepcopy(remainder.said))
    _empty_what_is_gone(view, scopes)
    _bind(view)
    jobs = {job for run in view.runs.now for job in (*view.runs.now[run].said, *_said_before(view, run))}
    view.open(view.jobs, jobs)
    for job in sorted(view.jobs.now):
        rewire(view, job)
    transaction.write(difference(view))


def _empty_what_is_gone(view: View, scopes: Mapping[str, set[str]]) -> None:
    """Put facts that say nothing in the place of scopes that nothing is said of any more."""
    for kind in KINDS:
        found = getattr(view, kind)
        for name in scopes[kind] - found.now.keys():
            before = found.before(name)
            if before is not None:
                found.now[name] = _nothing(before)
                found.gone.add(name)


def _nothing(before: Any) -> Any:
    return type(before)(before.run_id) if isinstance(before, RunFacts) else type(before)(*_identity(before))


def _identity(before: Any) -> tuple[str, ...]:
    named = (before.namespace, before.name)
    return named if isinstance(before, JobFacts | DatasetFacts) else (before.job, *named)


def _said_before(view: View, run: str) -> Iterable[str]:
    before = view.runs.before(run)
    return before.said if before else ()


def _bind(view: View) -> None:
    """Work out again the timelines of the datasets of these scopes, and of those that their runs touch otherwise."""
    datasets = set(view.datasets.now)
    touched = {run: (touches(view.runs.before(run)), touches(facts)) for run, facts in view.runs.now.items()}
    for old, new in touched.values():
        datasets |= {dataset for dataset in (*old, *new) if old.get(dataset) != new.get(dataset)}
    view.open(view.datasets, datasets)
    for run, (_, new) in touched.items():
        before = view.runs.before(run)
        kept = before.bound if before else {}
        view.runs.now[run].bound = {name: kept[name] for name in new if name in kept and name not in datasets}
    for dataset in sorted(datasets):
        versions = _versions_in_question(view, dataset, [old.get(dataset) for old, _ in touched.values()])
        rebind_all(view, dataset)
        for name in versions:
            facts = view.versions.now[name]
            if not facts.known() and not facts.first_read:
                view.versions.gone.add(name)


def _versions_in_question(view: View, dataset: str, before: Iterable[Touch | None]) -> list[str]:
    """Return the keys of the versions that perhaps nobody names any more, with facts that say so."""
    was, now = view.datasets.before(dataset), view.datasets.now[dataset]
    named = {*(was.versions if was else ()), *now.versions}
    for touch in before:
        named.update((*(touch.reads or ()), *(touch.writes or ())) if touch else ())
    keys = {named_version(view, dataset, version): version for version in named}
    view.load(keys)
    found = {name: facts for name in sorted(keys) if (facts := view.versions.find(name))}
    for name, facts in found.items():
        facts.writers, facts.first_read, facts.substitute = {}, "", ""
        facts.event = keys[name] in now.versions
    return list(found)
