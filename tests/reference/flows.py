"""Flows between datasets, jobs and runs that somebody else than who reads or writes says, by lineage facets."""

from collections.abc import Callable

from headwater_collector.event import Event, EventKind
from headwater_graph.vocabulary import OPEN_END

from tests.reference.graph import Graph
from tests.reference.lineage import NAME, Entry, said_of
from tests.reference.reading import facet, is_deleted, job_of, mentions, token
from tests.reference.registers import is_malformed
from tests.reference.runs import runs_by_key
from tests.reference.spoken import run_named

Flow = tuple[str, str, str]
"""Type, source and target."""


def add_flows(graph: Graph, events: list[Event]) -> None:
    """Add the flows that jobs and datasets say; the nodes are there already."""
    for job in {job_of(event) for event in events if event.kind is not EventKind.DATASET}:
        mine = [event for event in events if event.kind is not EventKind.DATASET and job_of(event) == job]
        observed = [event for event in mine if event.kind is EventKind.RUN]
        declared = _last([event for event in mine if event.kind is EventKind.JOB])
        _add(graph, job, observed + declared, _flows)
        _add(graph, job, declared, _run_flows)
    for run, said in runs_by_key(events).items():
        _add(graph, run, said, _run_flows)
    of_datasets = [event for event in events if event.kind is EventKind.DATASET]
    for dataset in {m.key for event in of_datasets for m in mentions(event)}:
        _add(graph, dataset, _last([e for e in of_datasets if dataset in {m.key for m in mentions(e)}]), _flows)


def _add(graph: Graph, by: str, events: list[Event], said: Callable[[Event], set[Flow]]) -> None:
    for flow in {flow for event in events for flow in said(event)}:
        times = [event.time for event in events if flow in said(event)]
        seen = {"firstSeen": min(times), "lastSeen": max(times), "endedAt": OPEN_END}
        graph.add_edge(*flow, by, evidence="LINEAGE", saidBy=by, **seen)


def _last(events: list[Event]) -> list[Event]:
    """Return of these events the last one that has a lineage facet, if there is one."""
    said = [event for event in events if _speaks(event)]
    return [max(said, key=token)] if said else []


def _speaks(event: Event) -> bool:
    owners = [m.body for m in mentions(event) if m.role != "input"]
    if event.kind is EventKind.JOB:
        owners.append(event.body["job"])
    said = [content for owner in owners if (content := facet(owner, NAME)) is not None]
    return any(is_deleted(content) or not is_malformed(NAME, content) for content in said)


def _flows(event: Event) -> set[Flow]:
    return {flow for entry in said_of(event) for flow in _of_entry(entry)}


def _run_flows(event: Event) -> set[Flow]:
    """Return what flows from one run to another."""
    pairs = {
        (run_named(source, event), run_named(entry.target, event))
        for entry in said_of(event)
        for source in entry.sources
        if entry.target.is_job and source.is_job
    }
    return {("FEEDS", source, target) for source, target in pairs if source and target and source != target}


def _of_entry(entry: Entry) -> set[Flow]:
    target = entry.target.key
    if not entry.target.is_job:
        return {("PRODUCES", job, target) for job in entry.jobs if job != entry.own}
    from_jobs = {("FEEDS", job, target) for job in entry.jobs if job != target}
    return from_jobs if entry.is_own else from_jobs | {("FEEDS", dataset, target) for dataset in entry.datasets}
