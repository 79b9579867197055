"""What a run says of its use of a dataset as an input or output: registers of run, dataset and role."""

from collections.abc import Iterator
from typing import Any

from headwater_collector.event import Event

from tests.reference.reading import Facet, Mention, Token, facet, facets, is_deleted, mentions, text, whole
from tests.reference.registers import compact, is_malformed, latest

VERSIONED = "headwater_model"
"""A dataset facet that on an output tells of the version that a run wrote."""
PLACES = {"input": "inputFacets", "output": "outputFacets"}


def told(events: list[Event], role: str) -> dict[str, dict[str, Facet]]:
    """Return the current facets of the datasets in this role, by dataset and name."""
    said: dict[str, dict[str, list[tuple[Token, Facet]]]] = {}
    for mention in (m for event in events for m in mentions(event, role)):
        of_dataset = said.setdefault(mention.key, {})
        for name, rank, content in _said(mention):
            of_dataset.setdefault(name, []).append(((*mention.token, rank), content))
    return {
        dataset: {name: max(every, key=lambda one: one[0])[1] for name, every in names.items()}
        for dataset, names in said.items()
    }


def _said(mention: Mention) -> Iterator[tuple[str, int, Facet]]:
    """Yield name, rank inside the event, and content."""
    for name, content in facets(mention.body, PLACES[mention.role]):
        if not is_deleted(content) and not is_malformed(name, content):
            yield name, 1, content
    model = facet(mention.body, VERSIONED)
    if mention.role == "output" and model is not None and not is_deleted(model):
        yield VERSIONED, 0, model


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


def carries(known: dict[str, Any], current: dict[str, Facet]) -> str | None:
    """Return the evidence that what a run wrote still holds what was there before, if there is any."""
    if known["change"] == "ALTER":
        return "LIFECYCLE"
    if known["change"] == "OVERWRITE":
        return "SUBSET" if known["subset"] else None
    if known["change"]:
        return None
    operation = text(current.get("icebergCommitReport", {}).get("operation"))
    if operation and operation.lower() in ("append", "delete", "replace"):
        return "COMMIT_REPORT"
    return "SUBSET" if known["subset"] else None


def _statistics(content: Facet) -> dict[str, int | None]:
    return {name: whole(content.get(name)) for name in ("rowCount", "size", "fileCount")}


def _subset(condition: object) -> str | None:
    return compact(condition)[:2000] if isinstance(condition, dict) else None
