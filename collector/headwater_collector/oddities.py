"""What is odd about an event that is taken all the same: the warnings that are kept on it."""

import re
from collections.abc import Mapping
from typing import Any, Final

from headwater_collector.event import EventKind
from headwater_collector.large_json import LargeArray, LargeObject
from headwater_collector.outline import datasets_of, facets_in

MAX_WARNINGS: Final = 20
"""How many warnings are kept on one event."""

_UUID: Final = re.compile("[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Warnings:
    """The warnings on one event: all are counted, few are kept."""

    def __init__(self) -> None:
        self.count = 0
        self._kept: list[str] = []

    def add(self, warning: str) -> None:
        """Take one more."""
        self.count += 1
        if self.count <= MAX_WARNINGS:
            self._kept.append(warning)

    def told(self) -> tuple[str, ...]:
        """Return at most `MAX_WARNINGS`; the last one tells how many more there are."""
        if self.count <= MAX_WARNINGS:
            return tuple(self._kept)
        return (*self._kept[: MAX_WARNINGS - 1], f"and {self.count - MAX_WARNINGS + 1} more")


def find_oddities(event: dict[str, Any], kind: EventKind, warnings: Warnings) -> None:
    """Note what is odd about an event that has an identity."""
    for field in ("producer", "schemaURL"):
        if not isinstance(event.get(field), str):
            warnings.add(f"{field}: missing")
    run_id = event["run"]["runId"] if kind is EventKind.RUN else None
    if run_id is not None and not _UUID.fullmatch(str(run_id)):
        warnings.add("run.runId: not a UUID; taken as a name within the job's namespace")
    for field in ("run", "job", "dataset"):
        _find_odd_facets(event.get(field), field, ("facets",), warnings)
    for field in ("inputs", "outputs"):
        _find_odd_datasets(event.get(field), field, warnings)


def _find_odd_datasets(datasets: object, field: str, warnings: Warnings) -> None:
    if not isinstance(datasets, list | LargeArray):
        if datasets is not None:
            warnings.add(f"{field}: {name_of(datasets)} instead of an array, taken as absent")
        return
    for index, dataset in enumerate(datasets_of(datasets)):
        if warnings.count > MAX_WARNINGS:
            return
        where = f"{field}[{index}]"
        if not isinstance(dataset, dict) or not _is_name(dataset.get("namespace")) or not _is_name(dataset.get("name")):
            warnings.add(f"{where}: no namespace and name, skipped")
        _find_odd_facets(dataset, where, ("facets", "inputFacets", "outputFacets"), warnings)


def _find_odd_facets(owner: object, where: str, fields: tuple[str, ...], warnings: Warnings) -> None:
    if not isinstance(owner, dict):
        return
    for field in fields:
        facets = owner.get(field)
        if facets is None:
            continue
        if not isinstance(facets, dict | LargeObject):
            warnings.add(f"{where}.{field}: {name_of(facets)} instead of an object, taken as absent")
            continue
        for name, facet in facets_in(facets):
            if not isinstance(facet, dict | LargeObject):
                warnings.add(f"{where}.{field}.{name[:100]}: {name_of(facet)} instead of an object, skipped")


def _is_name(value: object) -> bool:
    return isinstance(value, str) and value != ""


_NAMES: Final[Mapping[type, str]] = {
    dict: "an object",
    list: "an array",
    str: "a string",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    type(None): "null",
    LargeObject: "an object",
    LargeArray: "an array",
}


def name_of(value: object) -> str:
    """Return what kind of JSON value this is, with its article."""
    return _NAMES.get(type(value), "no JSON value")
