"""Runs: their states and times, their jobs and parents, and what they ran with."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from headwater_collector.event import Event, EventKind
from headwater_collector.event_time import utc_time
from headwater_graph.keys import job_key, key

from tests.reference.graph import Graph, present
from tests.reference.reading import (
    Facet,
    entries,
    facet,
    facets,
    is_number,
    items,
    job_of,
    run_key,
    run_name,
    run_of,
    text,
    token,
)
from tests.reference.registers import compact, is_malformed, is_reference, keep, latest, registers

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


def references(runs: Runs) -> list[Facet]:
    """Return every reference to a parent or root run and its job that was ever said."""
    said = [content for events in runs.values() for event in events for content in _parents_of(event)]
    return said + [content["root"] for content in said if is_reference(content.get("root"))]


def _parents_of(event: Event) -> list[Facet]:
    said = ((name, facet(event.body["run"], name)) for name in ("parent", "parentRun"))
    return [content for name, content in said if content is not None and not is_malformed(name, content)]


def add_runs(graph: Graph, runs: Runs) -> None:
    """Add every run, its job, its parent and what it ran with; jobs are there already."""
    named = [(_run_of_reference(r), _job_of_reference(r), run_name(r["run"]["runId"])) for r in references(runs)]
    for run, events in runs.items():
        _add_run(graph, run, events)
    for run in {run for run, _, _ in named} - runs.keys():
        (run_id,) = {i for r, _, i in named if r == run}
        graph.add_node(run, runId=run_id, jobKey=min(job for r, job, _ in named if r == run))
    for run, job, _ in named:
        graph.add_edge("RUN_OF", run, job)
    _add_parents(graph, runs)


def _run_of_reference(said: Facet) -> str:
    return run_key(said["run"]["runId"], said["job"]["namespace"])


def _job_of_reference(said: Facet) -> str:
    return job_key(said["job"]["namespace"], said["job"]["name"])


def _add_parents(graph: Graph, runs: Runs) -> None:
    for run, events in runs.items():
        parent = _register(events, "parent") or _register(events, "parentRun")
        if parent is not None and _run_of_reference(parent) != run:
            graph.add_edge("PART_OF", run, _run_of_reference(parent))
        for event in events:
            for said in _parents_of(event):
                if _run_of_reference(said) != run:
                    graph.add_edge("PART_OF", job_of(event), _job_of_reference(said))


def _register(events: list[Event], name: str) -> Facet | None:
    said = [(token(e), f) for e in events if (f := facet(e.body["run"], name)) is not None]
    return latest(said, name, deletable=False)


def _add_run(graph: Graph, run: str, events: list[Event]) -> None:
    current = registers(((token(e), n, f) for e in events for n, f in facets(e.body["run"])), deletable=False)
    nominal, engine = current.get("nominalTime", {}), current.get("processing_engine", {})
    graph.add_node(
        run,
        runId=run_name(events[0].body["run"]["runId"]),
        jobKey=min(job_of(event) for event in events),
        state=state(events),
        at=at(events),
        startedAt=min((e.time for e in events if e.type == "START"), default=None),
        endedAt=ended_at(events),
        error=(text(current.get("errorMessage", {}).get("message")) or "")[:2000],
        nominalStart=_time(nominal.get("nominalStartTime")),
        nominalEnd=_time(nominal.get("nominalEndTime")),
        engine=" ".join(filter(None, (text(engine.get("name")), text(engine.get("version"))))),
        seeds=_pairs(current.get("headwater_seeds", {}).get("seeds")),
    )
    for event in events:
        graph.add_edge("RUN_OF", run, job_of(event))
    keep(graph, run, current)
    _add_shared(graph, run, "USED_CODE", "code", _code(events, current.get("headwater_codeState", {})))
    _add_shared(graph, run, "RAN_IN", "environment", _environment(current.get("headwater_environment", {})))
    _add_shared(graph, run, "WITH_PARAMS", "params", _params(current.get("executionParameters", {})))
    _add_metrics(graph, run, items(current.get("headwater_metrics", {}).get("metrics")))


def _time(value: object) -> str | None:
    try:
        return utc_time(value)[0] if isinstance(value, str) else None
    except ValueError:
        return None


def _pairs(said: object) -> list[str]:
    pairs = sorted(entries(said).items(), key=lambda pair: pair[0])
    return [f"{n}={value}" for n, value in pairs if isinstance(value, int | str) and not isinstance(value, bool)]


def _add_shared(graph: Graph, run: str, type_: str, kind: str, properties: dict[str, Any]) -> None:
    known = present(properties)
    if known:
        shared = key(kind, sha256(compact(known).encode()).hexdigest()[:32])
        graph.add_node(shared, **known)
        graph.add_edge(type_, run, shared)


def _code(events: list[Event], changes: Facet) -> dict[str, Any]:
    said = [(token(e), f) for e in events if (f := facet(e.body["job"], "sourceCodeLocation")) is not None]
    place = latest(said, "sourceCodeLocation") or {}
    return {
        "repository": text(place.get("repoUrl")) or text(place.get("url")),
        **{name: text(place.get(name)) for name in ("version", "branch", "tag", "path")},
        "dirty": changes.get("dirty") if isinstance(changes.get("dirty"), bool) else None,
        "diffSha256": text(changes.get("diffSha256")),
    }


def _environment(said: Facet) -> dict[str, Any]:
    return {
        **{name: text(said.get(name)) for name in ("python", "os", "lockSha256", "image")},
        "packages": sorted({_package(p) for p in items(said.get("packages")) if text(entries(p).get("name"))}),
        "hardware": _pairs(said.get("hardware")),
    }


def _package(said: Facet) -> str:
    return f"{said['name']}=={said['version']}" if text(said.get("version")) else str(said["name"])


def _params(said: Facet) -> dict[str, Any]:
    pairs = set()
    for item in map(entries, items(said.get("parameters"))):
        name, value = text(item.get("key")) or text(item.get("name")), item.get("value")
        if name:
            pairs.add((name, value if isinstance(value, str) else "" if value is None else compact(value)))
    return {"params": [f"{name}={value}" for name, value in sorted(pairs)]}


def _add_metrics(graph: Graph, run: str, said: Iterable[object]) -> None:
    for item in map(entries, said):
        name, split, step = text(item.get("name")), text(item.get("split")), item.get("step")
        step = step if isinstance(step, int) and not isinstance(step, bool) else None
        if name and is_number(item.get("value")):
            metric = key("metric", run, name, split or "", "" if step is None else str(step))
            graph.add_node(metric, name=name, value=float(item["value"]), split=split, step=step)
            graph.add_edge("MEASURED", run, metric)
