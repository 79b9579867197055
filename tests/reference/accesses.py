"""What a run says of its use of a dataset as an input or output: registers of run, dataset and role."""

from collections.abc import Iterator
from typing import Any

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import key

from tests.reference.graph import Graph
from tests.reference.keeping import add_facet, is_kept
from tests.reference.reading import Facet, Mention, Token, facet, facets, is_deleted, job_of, mentions, text, whole
from tests.reference.registers import compact, is_malformed, latest

PLACES = {"input": "inputFacets", "output": "outputFacets"}


def told(events: list[Event], role: str) -> dict[str, dict[str, Facet]]:
    """Return the current facets of the datasets in this role, by dataset and name."""
    return {d: {name: content for name, (_, content) in of.items()} for d, of in _current(events, role).items()}


def kept(events: list[Event], role: str) -> dict[str, dict[str, Facet]]:
    """Return those of them that are kept whole."""
    return {
        d: {name: content for name, (rank, content) in of.items() if _is_kept(role, name, rank, content)}
        for d, of in _current(events, role).items()
    }


def _is_kept(role: str, name: str, rank: int, content: Facet) -> bool:
    misplaced = rank == 1 and name in OF_ACCESS[role] and (role, name) != ("input", "dataQualityMetrics")
    return misplaced or is_kept(role, name, content)


def _current(events: list[Event], role: str) -> dict[str, dict[str, tuple[int, Facet]]]:
    """Return the current facets with their rank inside their event."""
    said: dict[str, dict[str, list[tuple[Token, Facet]]]] = {}
    for mention in (m for event in events for m in mentions(event, role)):
        of_dataset = said.setdefault(mention.key, {})
        for name, rank, content in _said(mention):
            of_dataset.setdefault(name, []).append(((*mention.token, rank), content))
    last = {d: {n: max(every, key=lambda one: one[0]) for n, every in of.items()} for d, of in said.items()}
    return {
        d: {name: (at[-1], content) for name, (at, content) in of.items() if not is_deleted(content)}
        for d, of in last.items()
    }


OF_ACCESS = {
    "input": ("version", "columnLineage", "lineage", "dataQualityMetrics"),
    "output": (
        *("version", "columnLineage", "lineage", "dataQualityMetrics", "lifecycleStateChange", "headwater_model"),
    ),
}
"""Facets of a dataset that tell, on the input or output of a run, of that alone."""
OF_DATASET = ("dataQualityMetrics",)
"""Those that a JobEvent says of the dataset."""


def _said(mention: Mention) -> Iterator[tuple[str, int, Facet]]:
    """Yield name, rank inside the event, and content or tombstone."""
    for name, content in facets(mention.body, PLACES[mention.role]):
        if not is_deleted(content) and not is_malformed(name, content):
            yield name, 1, content
    for name, content in facets(mention.body):
        if name in OF_ACCESS[mention.role] and (is_deleted(content) or not is_malformed(name, content)):
            yield name, 0, content


def add_stated(graph: Graph, events: list[Event]) -> None:
    """Add what JobEvents say of their inputs and outputs that is neither wiring nor said of the dataset."""
    said: dict[tuple[str, str, str, str], list[tuple[Token, Facet]]] = {}
    for mention in (m for event in events if event.kind is EventKind.JOB for m in mentions(event)):
        for name, rank, content in _said(mention):
            if rank or name not in OF_DATASET:
                of = said.setdefault((job_of(mention.event), mention.role, mention.key, name), [])
                of.append(((*mention.token, rank), content))
    for (job, role, dataset, name), every in said.items():
        at, content = max(every, key=lambda one: one[0])
        wired = at[-1] == 0 and role == "output" and name in ("columnLineage", "lineage")
        if not is_deleted(content) and (not wired or is_kept(role, name, content)):
            node = key("facet", job, "out" if role == "output" else "in", dataset, name)
            add_facet(graph, node, [job], name, content, dataset, role)


def of_read(current: dict[str, Facet]) -> dict[str, Any]:
    """Return what is known of how a run read a dataset."""
    return {
        "role": text(current.get("headwater_inputRole", {}).get("role")),
        "subset": _subset(current.get("subset", {}).get("inputCondition")),
        **_statistics(current.get("inputStatistics", {})),
    }


def of_write(current: dict[str, Facet], events: list[Event], dataset: str) -> dict[str, Any]:
    """Return what is known of how a run wrote a dataset."""
    name = "lifecycleStateChange"
    said = [
        (m.token, content)
        for event in events
        for m in mentions(event, "output")
        if m.key == dataset and (content := facet(m.body, name)) is not None
    ]
    return {
        "change": str((latest(said, name) or {}).get(name, "")).upper(),
        "subset": _subset(current.get("subset", {}).get("outputCondition")),
        **_statistics(current.get("outputStatistics", {})),
    }


def carries(known: dict[str, Any], current: dict[str, Facet], left: tuple[str | None, ...]) -> str | None:
    """Return the evidence that what a run wrote still holds what was there before, if there is any."""
    change = known["change"] or None
    if change == "ALTER":
        return "LIFECYCLE"
    operation = text(current.get("icebergCommitReport", {}).get("operation"))
    if operation and operation.lower() in ("append", "delete", "replace") and not change:
        return "COMMIT_REPORT"
    if known["subset"] and change in (None, "OVERWRITE"):
        return "SUBSET"
    return "STATEMENT" if change in left else None


def _statistics(content: Facet) -> dict[str, int | None]:
    return {name: whole(content.get(name)) for name in ("rowCount", "size", "fileCount")}


def _subset(condition: object) -> str | None:
    return compact(condition)[:2000] if isinstance(condition, dict) else None
