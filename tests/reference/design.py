"""Design level: what each job is wired to, since when, by what evidence, and until when."""

from collections.abc import Iterable
from dataclasses import dataclass

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import key
from headwater_graph.vocabulary import EVIDENCE, OPEN_END

from tests.reference.graph import Graph
from tests.reference.lineage import outputs_of, said_of
from tests.reference.reading import Mention, entries, facet, is_deleted, job_of, mentions, text, token
from tests.reference.registers import is_malformed
from tests.reference.runs import Runs, at, state
from tests.reference.structure import LINEAGE, Structure, names_any, reads_of, structure

STRENGTH = list(EVIDENCE)
Wire = tuple[str, str, str | None]
"""FEEDS or PRODUCES, dataset, digest of the step or None."""


@dataclass(frozen=True)
class Support:
    """A run or JobEvent of a job that names datasets, with its events under the job."""

    events: tuple[Event, ...]
    structure: Structure
    at: str
    is_run: bool
    closes: bool
    """Whether it is complete, so that what it does not name has ended."""


def add_design(graph: Graph, events: list[Event], runs: Runs) -> None:
    """Add flow at design level; datasets and jobs are there already."""
    for job in {job_of(event) for event in events if event.kind is not EventKind.DATASET}:
        _add_job(graph, job, _supports(job, events, runs))
    subjects = [m for event in events for m in mentions(event, "dataset")]
    for dataset in {m.key for m in subjects}:
        _add_own_step(graph, dataset, [m for m in subjects if m.key == dataset])


def _supports(job: str, events: list[Event], runs: Runs) -> list[Support]:
    supports = []
    for said in runs.values():
        mine = tuple(event for event in said if job_of(event) == job)
        supports.append(Support(mine, structure(_window(mine) or mine), at(said), True, state(said) == "COMPLETE"))
    declared = [event for event in events if event.kind is EventKind.JOB and job_of(event) == job]
    supports += [Support((event,), structure([event]), event.time, False, True) for event in declared]
    return [support for support in supports if any(map(names_any, support.events))]


def _window(events: Iterable[Event]) -> list[Event]:
    """Return the last event that tells all that a stream is wired to, if there is one."""
    windows = [event for event in events if names_any(event) and _is_whole(event)]
    return [max(windows, key=token)] if windows else []


def _is_whole(event: Event) -> bool:
    kind = facet(event.body["job"], "jobType")
    if kind is None or is_deleted(kind):
        return False
    mode = text(entries(kind.get("emissionPattern")).get("eventContentMode"))
    return (mode or "").upper() == "COMPLETE_SNAPSHOT"


def _wires(said: Structure) -> dict[Wire, str]:
    reads: dict[Wire, str] = {("FEEDS", dataset, step): evidence for dataset, step, evidence in said.reads}
    return reads | {("PRODUCES", dataset, step): evidence for dataset, step, evidence in said.writes}


def _add_job(graph: Graph, job: str, supports: list[Support]) -> None:
    for wire in {wire for support in supports for wire in _wires(support.structure)}:
        flow, dataset, step = wire
        owner = job if step is None else key("jobstep", job, step)
        if step is not None:
            graph.add_node(owner)
            graph.add_edge("HAS_STEP", job, owner)
        ends = (dataset, owner) if flow == "FEEDS" else (owner, dataset)
        _add_wire(graph, wire, ends, supports)


def _add_wire(graph: Graph, wire: Wire, ends: tuple[str, str], supports: list[Support]) -> None:
    mine = [support for support in supports if wire in _wires(support.structure)]
    proof = sorted(token(event) for support in mine for event in support.events if _names(event, wire))
    last = max(support.at for support in mine)
    graph.add_edge(
        wire[0],
        *ends,
        evidence=min((_wires(support.structure)[wire] for support in mine), key=STRENGTH.index),
        firstSeen=proof[0][0],
        lastSeen=proof[-1][0],
        runs=sum(support.is_run for support in mine),
        events=[proof[0][2], proof[-1][2]],
        endedAt=min((s.at for s in supports if s.closes and s.at > last), default=OPEN_END),
    )


def _names(event: Event, wire: Wire) -> bool:
    flow, dataset, _ = wire
    return dataset in (reads_of(event) if flow == "FEEDS" else outputs_of(event))


def _add_own_step(graph: Graph, dataset: str, said: list[Mention]) -> None:
    """Add what a dataset comes from by what is said of itself, without a job."""
    valid = [
        (m.token, m.event)
        for m in said
        if (content := facet(m.body, "lineage")) is not None and not is_malformed("lineage", content)
    ]
    if not valid:
        return
    (time, _, event, *_), said_last = max(valid, key=lambda one: one[0])
    inputs = set[str]().union(*(entry.datasets for entry in said_of(said_last)))
    if inputs:
        step = key("datasetstep", dataset)
        graph.add_node(step)
        graph.add_edge("HAS_STEP", dataset, step)
        wires = [("FEEDS", source, step) for source in inputs] + [("PRODUCES", step, dataset)]
        seen = {"firstSeen": time, "lastSeen": time, "endedAt": OPEN_END}
        for wire in wires:
            graph.add_edge(*wire, evidence=LINEAGE, runs=0, events=[event, event], **seen)
