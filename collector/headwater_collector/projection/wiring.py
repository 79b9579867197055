"""The design level of a job: what feeds it and what it produces, over all its runs and JobEvents.

Each run supports the edges of its structure. Usually a run adds to what is known, and the edges move on by themselves;
where a run withdraws what an edge rests on, the job is worked out again from all its runs.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from headwater_graph.vocabulary import OPEN_END

from headwater_collector.projection.facts.job import JobFacts
from headwater_collector.projection.facts.run import COMPLETE, RunFacts
from headwater_collector.projection.facts.said import Said
from headwater_collector.projection.structure import structure
from headwater_collector.projection.view import View

KEPT_CLOSERS: Final = 64
"""How many of the latest closing times a job keeps; what came before them is looked up in its runs."""

RUNS, FIRST, LAST, AT, ENDED, EVIDENCE, STATIC = range(7)
"""Fields of a wire: runs that support it, first and last proving token, latest `at` of a support, its end, strongest
evidence, JobEvents that support it. Its name is F or P, the digest of the step or nothing, a blank, the dataset."""

Wire = list[Any]


@dataclass(frozen=True, slots=True)
class Support:
    """What one run or JobEvent says of a job's wires: evidence, first and last proving token by wire."""

    at: str
    closes: bool
    wires: Mapping[str, tuple[int, str, str]]
    static: bool = False


def support_of_run(run: RunFacts | None, job: str) -> Support | None:
    """Return what the run says of the job; None if it names no dataset under it."""
    said = run.said.get(job) if run else None
    if run is None or said is None or not said.names_any():
        return None
    window = run.windows.get(job)
    return Support(run.at, run.state == COMPLETE, _wires(said, window[1] if window else said))


def support_of_event(token: str, said: Said) -> Support:
    """Return what a JobEvent says of its job."""
    return Support(token[:30], True, _wires(said, said), static=True)


def _wires(said: Said, window: Said) -> dict[str, tuple[int, str, str]]:
    """Return what the window wires, proven by all that was said of its datasets."""
    found = structure(window)
    wires: dict[str, tuple[int, str, str]] = {}
    for (part, dataset), evidence in found.reads.items():
        access = said.inputs[dataset]
        wires[f"F{part} {dataset}"] = (evidence, access.first, access.last)
    for (part, dataset), evidence in found.writes.items():
        access = said.outputs[dataset]
        wires[f"P{part} {dataset}"] = (evidence, access.first, access.last)
    return wires


def wire(view: View, runs: Iterable[str], jobs: Iterable[str]) -> None:
    """Bring the wires of all jobs up to date with these runs and with new JobEvents of these jobs."""
    changes: dict[str, list[tuple[Support | None, Support | None]]] = {}
    for run in runs:
        before, now = view.runs.before(run), view.runs.now[run]
        for job in now.said:
            old, new = support_of_run(before, job), support_of_run(now, job)
            if old != new:
                changes.setdefault(job, []).append((old, new))
    for job in jobs:
        known = view.jobs.before(job)
        for token, said in view.jobs.now[job].events.items():
            if known is None or token not in known.events:
                changes.setdefault(job, []).append((None, support_of_event(token, said)))
    view.open(view.jobs, changes)
    for job, pairs in changes.items():
        if not all(_move(view.jobs.now[job], old, new) for old, new in pairs):
            rewire(view, job)


def rewire(view: View, job: str) -> None:
    """Work out a job's wires again from all its runs and JobEvents."""
    keys = {*view.transaction.runs_of(job), *(run for run, facts in view.runs.now.items() if job in facts.said)}
    view.load(keys)
    facts = view.jobs.now[job]
    facts.edges, facts.closers, facts.closers_cut = {}, [], False
    supports = [support_of_run(view.runs.find(run), job) for run in keys]
    supports += [support_of_event(token, said) for token, said in facts.events.items()]
    found = [support for support in supports if support]
    closers = sorted({support.at for support in found if support.closes})
    for support in found:
        for name, (evidence, first, last) in support.wires.items():
            _add(facts.edges, name, support, evidence, first, last)
    for each in facts.edges.values():
        each[ENDED] = _next(closers, each[AT])
    facts.closers, facts.closers_cut = closers[-KEPT_CLOSERS:], len(closers) > KEPT_CLOSERS


def _move(facts: JobFacts, old: Support | None, new: Support | None) -> bool:
    """Take in that a support changed; return False if only all supports together can tell."""
    if old and not (_withdraw(facts, old, new) and _keeps_closing(facts, old, new)):
        return False
    if new is None:
        return True
    for name, (evidence, first, last) in new.wires.items():
        if old and name in old.wires:
            if not _again(facts.edges[name], name, old, new):
                return False
        else:
            _add(facts.edges, name, new, evidence, first, last)
    if new.closes:
        _close(facts, new.at)
    return all(_end(facts, facts.edges[name]) for name in new.wires)


def _withdraw(facts: JobFacts, old: Support, new: Support | None) -> bool:
    for name in old.wires:
        if new and name in new.wires:
            continue
        each = facts.edges[name]
        if each[RUNS] + each[STATIC] == 1:
            del facts.edges[name]
        elif _rests_on(each, name, old):
            return False
        else:
            each[RUNS] -= 1
    return True


def _rests_on(each: Wire, name: str, support: Support) -> bool:
    evidence, first, last = support.wires[name]
    return bool(each[FIRST] == first or each[LAST] == last or each[AT] == support.at or each[EVIDENCE] == evidence)


def _keeps_closing(facts: JobFacts, old: Support, new: Support | None) -> bool:
    """Return whether what ended at the old support still ends there."""
    if not old.closes or (new and new.closes and new.at == old.at):
        return True
    return old.at not in facts.closers and not any(each[ENDED] == old.at for each in facts.edges.values())


def _again(each: Wire, name: str, old: Support, new: Support) -> bool:
    """Take in what a support says anew of a wire that it supported before."""
    evidence, first, last = new.wires[name]
    alone = each[RUNS] + each[STATIC] == 1
    if not alone and (
        (new.at < old.at and each[AT] == old.at) or (evidence > old.wires[name][0] and each[EVIDENCE] < evidence)
    ):
        return False
    each[FIRST], each[LAST] = min(each[FIRST], first), max(each[LAST], last)
    each[AT] = new.at if alone else max(each[AT], new.at)
    each[EVIDENCE] = evidence if alone else min(each[EVIDENCE], evidence)
    return True


def _add(edges: dict[str, Wire], name: str, support: Support, evidence: int, first: str, last: str) -> None:
    each = edges.get(name)
    run, static = int(not support.static), int(support.static)
    if each is None:
        edges[name] = [run, first, last, support.at, OPEN_END, evidence, static]
        return
    each[RUNS] += run
    each[STATIC] += static
    each[FIRST], each[LAST] = min(each[FIRST], first), max(each[LAST], last)
    each[AT], each[EVIDENCE] = max(each[AT], support.at), min(each[EVIDENCE], evidence)


def _close(facts: JobFacts, at: str) -> None:
    if at not in facts.closers and not (facts.closers_cut and at < facts.closers[0]):
        facts.closers = sorted([*facts.closers, at])
        if len(facts.closers) > KEPT_CLOSERS:
            facts.closers, facts.closers_cut = facts.closers[-KEPT_CLOSERS:], True
    for each in facts.edges.values():
        if each[AT] < at < each[ENDED]:
            each[ENDED] = at


def _end(facts: JobFacts, each: Wire) -> bool:
    if facts.closers_cut and each[AT] < facts.closers[0]:
        return False
    each[ENDED] = _next(facts.closers, each[AT])
    return True


def _next(closers: list[str], at: str) -> str:
    return next((closer for closer in closers if closer > at), OPEN_END)
