"""Runs: their states and times, their jobs, parents and roots, and what is said of them."""

from typing import Any

from headwater_collector.event import Event, EventKind
from headwater_collector.event_time import utc_time

from tests.reference.dependencies import add_run_dependencies, named_in
from tests.reference.graph import Graph
from tests.reference.keeping import keep
from tests.reference.lineage import jobs_said
from tests.reference.reading import Facet, entries, job_of, run_name, run_of, text, whole
from tests.reference.registers import compact, is_reference, registers
from tests.reference.run_tests import add_tests
from tests.reference.shared import add_shared_of_run, pairs
from tests.reference.statements import (
    elements,
    job_of_reference,
    of_runs,
    parents_of,
    references,
    run_of_reference,
)
from tests.reference.tags import add_tags

Runs = dict[str, list[Event]]
"""The RunEvents of each run."""
STATES = ("FAIL", "ABORT", "COMPLETE", "RUNNING", "START", "OTHER")
"""Highest first."""


def runs_by_key(events: list[Event]) -> Runs:
    """Return the RunEvents by the key of their run."""
    runs: Runs = {}
    for event in events:
        if event.kind is EventKind.RUN:
            runs.setdefault(run_of(event), []).append(event)
    return runs


def state(events: list[Event]) -> str:
    """Return the highest state that the events of a run say."""
    return next(s for s in STATES if any(event.type == s for event in events))


def at(events: list[Event]) -> str:
    """Return the earliest time of the events of a run."""
    return min(event.time for event in events)


def ended_at(events: list[Event]) -> str | None:
    """Return the latest time of an event that ends the run."""
    return max((e.time for e in events if e.type in ("COMPLETE", "ABORT", "FAIL")), default=None)


def add_runs(graph: Graph, events: list[Event], runs: Runs, spoken: Runs) -> None:
    """Add every run, its job, its parent and what it ran with; jobs are there already.

    One without events of its own is as old as what others say that it read or wrote.
    """
    said = of_runs(events)
    named = [reference for event in events for _, reference in references(event)]
    named += [one.body for one in named_in(said) if one.run is not None]
    named += [job.reference for job in jobs_said(events) if job.run is not None]
    for run in runs.keys() | {run_of_reference(one) for one in named}:
        current = registers(said.get(run, []), deletable=False)
        others = [one for one in named if run_of_reference(one) == run]
        times = _times(runs[run]) if run in runs else {"at": at(spoken[run])} if run in spoken else {}
        graph.add_node(run, **_identity(runs.get(run, []), others), **times, **_told(current))
        for job in [*map(job_of, runs.get(run, [])), *map(job_of_reference, others)]:
            graph.add_edge("RUN_OF", run, job)
        keep(graph, run, current)
        add_tags(graph, run, current.get("tags"))
        add_tests(graph, run, graph.nodes[run][1]["runId"], current.get("test"))
        add_shared_of_run(graph, run, runs.get(run, []), current)
        add_run_dependencies(graph, run, current.get("jobDependencies"))
        _add_parents(graph, run, runs.get(run, []), current)


def _identity(events: list[Event], named: list[Facet]) -> dict[str, str]:
    ids = [event.body["run"]["runId"] for event in events] or [one["run"]["runId"] for one in named]
    jobs = [job_of(event) for event in events] or [job_of_reference(one) for one in named]
    return {"runId": run_name(ids[0]), "jobKey": min(jobs)}


def _times(events: list[Event]) -> dict[str, Any]:
    started = min((e.time for e in events if e.type == "START"), default=None)
    last = max(event.time for event in events)
    return {
        "state": state(events),
        "at": at(events),
        "startedAt": started,
        "endedAt": ended_at(events),
        "lastEventAt": last,
    }


def _told(current: dict[str, Facet]) -> dict[str, Any]:
    nominal, engine, query = (current.get(n, {}) for n in ("nominalTime", "processing_engine", "externalQuery"))
    airflow = current.get("airflow", {})
    task = entries(airflow.get("taskInstance"))
    failure = current.get("errorMessage", current.get("spark.exception", {}))
    ids = text(query.get("externalQueryId")), text(query.get("source"))
    return {
        "error": (text(failure.get("message")) or "")[:2000],
        "nominalStart": _time(nominal.get("nominalStartTime")),
        "nominalEnd": _time(nominal.get("nominalEndTime")),
        "engine": " ".join(filter(None, (text(engine.get("name")), text(engine.get("version"))))),
        "seeds": pairs(current.get("headwater_seeds", {}).get("seeds")),
        "extractionErrors": _not_negative(current.get("extractionError", {}).get("failedTasks")),
        "externalQuery": ":".join(filter(None, (ids[1], ids[0]))) if ids[0] else None,
        "environmentVariables": _variables(current.get("environmentVariables")),
        "tryNumber": whole(task.get("try_number")),
        "mapIndex": _not_negative(task.get("map_index")),
        "dagRunId": text(entries(airflow.get("dagRun")).get("run_id")),
    }


def _not_negative(value: object) -> int | None:
    number = whole(value)
    return number if number is not None and number >= 0 else None


def _variables(content: Facet | None) -> list[str]:
    known = [one for one in elements(content, "environmentVariables") if text(one.get("name"))]
    return sorted({f"{one['name']}={_value(one.get('value'))}" for one in known})


def _value(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else compact(value)


def _time(value: object) -> str | None:
    try:
        return utc_time(value)[0] if isinstance(value, str) else None
    except ValueError:
        return None


def _add_parents(graph: Graph, run: str, events: list[Event], current: dict[str, Facet]) -> None:
    parent = current.get("parent") or current.get("parentRun")
    if parent is not None:
        if run_of_reference(parent) != run:
            graph.add_edge("PART_OF", run, run_of_reference(parent))
        root = entries(parent.get("root"))
        if is_reference(root) and run_of_reference(root) != run:
            graph.add_edge("HAS_ROOT", run, run_of_reference(root))
    for event in events:
        for _, said in parents_of(event):
            if run_of_reference(said) != run:
                graph.add_edge("PART_OF", job_of(event), job_of_reference(said))
