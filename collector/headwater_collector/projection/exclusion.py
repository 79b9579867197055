"""Taking events out of the graph: it becomes the graph of all others, as if these had never come.

What an event said cannot be subtracted: registers keep the latest, times the earliest. So the facts of every scope that
it speaks of are made anew from the other events that speak of it, and what is worked out of facts is worked out again.
"""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any, Final

from headwater_graph.store import GraphTransaction

from headwater_collector.projection.facts.columns import ColumnFacts
from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.facts.job import JobFacts
from headwater_collector.projection.facts.run import RunFacts
from headwater_collector.projection.groups import leader, members, open_groups, regroup
from headwater_collector.projection.projector import difference, merge
from headwater_collector.projection.rules import RULES, drop_unnamed, link
from headwater_collector.projection.saying import Saying
from headwater_collector.projection.timeline import rebind_all
from headwater_collector.projection.touch import touches
from headwater_collector.projection.versions import version_facts
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
    view.load({RULES}.union(*scopes.values()))
    for kind in KINDS:
        getattr(view, kind).begin_anew(scopes[kind])
    merge(view, deepcopy(remainder.said))
    _empty_what_is_gone(view, scopes)
    _keep_what_was_worked_out(view)
    link(view, list(view.datasets.now))
    drop_unnamed(view)
    runs = list(view.runs.now)
    _bind(view, runs)
    jobs = {job for run in runs for job in (*view.runs.now[run].said, *_said_before(view, run))}
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
                if kind != "datasets":  # alias rules may give the name of one still
                    found.gone.add(name)


def _nothing(before: Any) -> Any:
    match before:
        case RunFacts():
            return RunFacts(before.run_id)
        case JobFacts():
            return JobFacts(before.namespace, before.name)
        case DatasetFacts():
            return DatasetFacts(before.namespace, before.name, named=False)
        case _:
            return ColumnFacts(before.job, before.namespace, before.name)


def _said_before(view: View, run: str) -> Iterable[str]:
    before = view.runs.before(run)
    return before.said if before else ()


def _bind(view: View, runs: Iterable[str]) -> None:
    """Work out again the timelines of the datasets at hand, and of those that these runs touch otherwise now."""
    formed = regroup(view, parted=True)
    touched = {run: (touches(view.runs.before(run)), touches(view.runs.now[run])) for run in runs}
    datasets = set(view.datasets.now)
    for old, new in touched.values():
        datasets |= {dataset for dataset in (*old, *new) if old.get(dataset) != new.get(dataset)}
    open_groups(view, datasets)
    for dataset in datasets:
        formed.setdefault(leader(view, dataset), set())
    again = {name for first in formed for name in members(view, first)}
    for run, (_, new) in touched.items():
        before, now = view.runs.before(run), view.runs.now[run]
        stands = [name for name in new if name not in again] if before else []
        now.bound = {name: before.bound[name] for name in stands if before and name in before.bound}
        now.carried = {name: before.carried[name] for name in stands if before and name in before.carried}
    for first in sorted(formed):
        rebind_all(view, first, formed[first])
    view.versions.gone |= {
        name for name, facts in view.versions.now.items() if not facts.known() and not facts.first_read
    }


def _keep_what_was_worked_out(view: View) -> None:
    """Give the datasets back what is moved on from what it was: their groups, the ends of timelines, their rules."""
    for name, facts in list(view.datasets.now.items()):
        before = view.datasets.before(name)
        if before is None:
            continue
        facts.group, facts.head, facts.plain_head = before.group, before.head, before.plain_head
        facts.last_read, facts.last_named = before.last_read, before.last_named
        facts.linked, facts.ruled = before.linked, before.ruled
        for version in {*before.versions}.difference(facts.versions):
            version_facts(view, name, version).event = False
