"""What runs ran with: code, environment and parameters, in nodes that they share, and what they measured."""

from collections.abc import Iterable
from hashlib import sha256
from typing import Any

from headwater_collector.event import Event
from headwater_graph.keys import key

from tests.reference.graph import Graph, present
from tests.reference.reading import Facet, entries, facet, is_number, items, text, token, whole
from tests.reference.registers import compact, latest


def add_shared_of_run(graph: Graph, run: str, events: list[Event], current: dict[str, Facet]) -> None:
    """Add what a run ran with and what it measured."""
    changes = current.get("headwater_codeState", {})
    code = _code(events) | {
        "dirty": changes.get("dirty") if isinstance(changes.get("dirty"), bool) else None,
        "diffSha256": text(changes.get("diffSha256")),
    }
    _add_shared(graph, run, "USED_CODE", "code", code)
    _add_shared(graph, run, "RAN_IN", "environment", _environment(current.get("headwater_environment", {})))
    _add_shared(graph, run, "WITH_PARAMS", "params", _params(current.get("executionParameters", {})))
    _add_metrics(graph, run, items(current.get("headwater_metrics", {}).get("metrics")))


def add_code_of_job(graph: Graph, job: str, place: Facet | None) -> None:
    """Add the code that a job is said to be."""
    if place is not None:
        _add_shared(graph, job, "USED_CODE", "code", _located(place))


def pairs(said: object) -> list[str]:
    """Return name=value of the texts and integers of an object, sorted by name."""
    known = sorted(entries(said).items(), key=lambda pair: pair[0])
    return [f"{n}={value}" for n, value in known if isinstance(value, int | str) and not isinstance(value, bool)]


def _add_shared(graph: Graph, owner: str, type_: str, kind: str, properties: dict[str, Any]) -> None:
    known = present(properties)
    if known:
        shared = key(kind, sha256(compact(known).encode()).hexdigest()[:32])
        graph.add_node(shared, **known)
        graph.add_edge(type_, owner, shared)


def _code(events: list[Event]) -> dict[str, Any]:
    place = _register(events, "sourceCodeLocation")
    if place is not None:
        return _located(place)
    source = _register(events, "sourceCode") or {}
    said = text(source.get("sourceCode"))
    return {
        "language": text(source.get("language")),
        "sourceSha256": sha256(said.encode()).hexdigest() if said else None,
    }


def _register(events: list[Event], name: str) -> Facet | None:
    return latest([(token(e), f) for e in events if (f := facet(e.body["job"], name)) is not None], name)


def _located(place: Facet) -> dict[str, Any]:
    return {
        "repository": text(place.get("repoUrl")) or text(place.get("url")),
        "pullRequest": text(place.get("pullRequestNumber")),
        **{name: text(place.get(name)) for name in ("version", "branch", "tag", "path")},
    }


def _environment(said: Facet) -> dict[str, Any]:
    return {
        **{name: text(said.get(name)) for name in ("python", "os", "lockSha256", "image")},
        "packages": sorted({_package(p) for p in items(said.get("packages")) if text(entries(p).get("name"))}),
        "hardware": pairs(said.get("hardware")),
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
        name, split, step = text(item.get("name")), text(item.get("split")), whole(item.get("step"))
        if name and is_number(item.get("value")):
            metric = key("metric", run, name, split or "", "" if step is None else str(step))
            graph.add_node(metric, name=name, value=float(item["value"]), split=split, step=step)
            graph.add_edge("MEASURED", run, metric)
