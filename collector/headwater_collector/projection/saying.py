"""What one event says, being gathered: facts of the scopes that it speaks of, and what is taken of its facets."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import orjson
from headwater_graph.keys import dataset_key

from headwater_collector.event_json import read_json
from headwater_collector.large_json import LargeArray, LargeObject
from headwater_collector.outline import datasets_of, facets_in
from headwater_collector.projection.facts.columns import ColumnFacts
from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.facts.job import JobFacts
from headwater_collector.projection.facts.register import Register
from headwater_collector.projection.facts.run import RunFacts
from headwater_collector.projection.fate_table import fate_of, is_read
from headwater_collector.projection.fates import Fate
from headwater_collector.projection.kept_content import content_of
from headwater_collector.projection.memo import remembered
from headwater_collector.projection.values import Extractor, Malformed

Level = Literal["dataset", "job", "run"]
MEMO_BYTES: Final = 20_000
"""Facets up to this size are remembered."""


@dataclass(slots=True)
class Saying:
    """All that one event says: facts by key of their scope, and the contents that they name by digest."""

    token: str
    run: str = ""
    job: str = ""
    changes_some: bool = False
    """Whether its outputs come with those columns alone that it changes."""
    runs: dict[str, RunFacts] = field(default_factory=dict)
    jobs: dict[str, JobFacts] = field(default_factory=dict)
    datasets: dict[str, DatasetFacts] = field(default_factory=dict)
    columns: dict[str, ColumnFacts] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    """Contents of columnLineage facets, by digest."""
    contents: dict[str, str] = field(default_factory=dict)
    """JSON of kept facets, by their digest."""
    flows: dict[str, set[str]] | None = None
    """Keys of what flows into what by lineage facets, by target; None where none of these says anything."""
    run_flows: dict[str, set[str]] = field(default_factory=dict)
    """Keys of the runs that feed a run, by target."""
    warnings: list[str] = field(default_factory=list)
    """Facets that are left out, with the reason."""

    def spoken(self) -> None:
        """Note that a lineage facet says something, if only that nothing flows any more."""
        self.flows = {} if self.flows is None else self.flows

    def flows_to(self, target: str, sources: Collection[str]) -> None:
        """Note that datasets or jobs flow into one, as the event's job says of others than itself."""
        if sources and self.flows is not None:
            self.flows.setdefault(target, set()).update(sources)


def name_dataset(saying: Saying, namespace: str, name: str) -> str:
    """Note that a dataset is named; return its key."""
    found = dataset_key(namespace, name)
    if found not in saying.datasets:
        saying.datasets[found] = DatasetFacts(namespace, name)
    return found


def facets_of(owner: Mapping[str, Any], field_name: str) -> dict[str, Any]:
    """Return the facets of an owner that are objects; of the others the receiver has warned."""
    found = owner.get(field_name)
    if isinstance(found, LargeObject):
        return _of_many(found)
    if not isinstance(found, dict):
        return {}
    return {name: facet for name, facet in found.items() if isinstance(facet, dict)}


def _of_many(facets: LargeObject) -> dict[str, Any]:
    """Return facets out of a large object; a large one is read only where more becomes of it than that it is kept."""
    found: dict[str, Any] = {}
    for name, facet in facets_in(facets):
        if isinstance(facet, dict | LargeObject):
            found[name] = facet
        else:
            found.pop(name, None)  # the last one of a name counts
    return {
        name: read_json(f.raw()) if isinstance(f, LargeObject) and is_read(name) else f for name, f in found.items()
    }


def take_registers(
    saying: Saying, found: Mapping[str, Any], level: Level, without: Collection[str], order: str
) -> dict[str, Register]:
    """Return the registers ``[order, value, digest]``: the value that is projected, the digest of what is kept."""
    registers: dict[str, Register] = {}
    for name, facet in found.items():
        if name in without:
            continue
        if level != "run" and is_deleted(facet):
            registers[name] = [order, None, ""]
            continue
        taken = _take_facet(level, name, facet)
        if taken.problem:
            leave_out(saying, name, facet, taken.problem)
            continue
        if taken.digest:
            saying.contents[taken.digest] = taken.text
        registers[name] = [order, taken.value, taken.digest]
    return registers


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is taken of one facet: its value as projected, and its content if that is kept."""

    value: Any
    digest: str = ""
    text: str = ""
    problem: str = ""


def _take_facet(level: Level, name: str, facet: Any) -> _Taken:
    if isinstance(facet, LargeObject):
        return _Taken(None, *content_of(facet))
    raw = orjson.dumps(facet)
    return _taken(level, name, raw)


@remembered(16384, MEMO_BYTES)
def _taken(level: Level, name: str, raw: bytes) -> _Taken:
    # Producers send the same facet with every event: what is taken of it is a function of its bytes.
    facet = orjson.loads(raw)
    fate = fate_of(level, name)
    try:
        value = fate.extract(facet) if fate.extract else None
    except Malformed as error:
        return _Taken(None, problem=str(error))
    return _Taken(value, *content_of(facet)) if fate.keeps(facet) else _Taken(value)


def leave_out(saying: Saying, name: str, facet: Any, problem: object) -> None:
    """Note that a facet is malformed, unless it has nothing but nulls."""
    if any(value is not None and not member.startswith("_") for member, value in facet.items()):
        saying.warnings.append(f"{name}: {problem}; this facet is left out")


def extracted(saying: Saying, name: str, extract: Extractor | None, facet: Any) -> tuple[Any] | None:
    """Return what an extractor takes out of a facet, which may be None; no tuple if it is malformed, which is noted."""
    try:
        return (extract(facet) if extract else None,)
    except Malformed as error:
        leave_out(saying, name, facet, error)
        return None


def take(saying: Saying, name: str, extract: Extractor, facet: Any) -> Any:
    """Return what an extractor takes out of a facet, or None for a malformed one, which is noted."""
    found = extracted(saying, name, extract, facet)
    return found[0] if found else None


def keep(saying: Saying, facet: Any) -> str:
    """Note the content of a facet that is kept whole; return its digest."""
    digest, text = content_of(facet)
    saying.contents[digest] = text
    return digest


def keep_more(saying: Saying, fate: Fate, facet: Any, *, more: bool = False) -> str:
    """Keep a facet that is no register if it holds more than what becomes of it; return its digest, or "" if not."""
    return keep(saying, facet) if not is_deleted(facet) and (more or fate.keeps(facet)) else ""


def name_of(value: Any) -> tuple[str, str] | None:
    """Return namespace and name if both are there."""
    if not isinstance(value, dict):
        return None
    namespace, name = value.get("namespace"), value.get("name")
    filled = isinstance(namespace, str) and namespace and isinstance(name, str) and name
    return (namespace, name) if filled else None  # type: ignore[return-value]


def is_deleted(facet: Any) -> bool:
    """Return whether a facet clears its register."""
    if isinstance(facet, LargeObject):
        facet = facet.pick(("_deleted",), read_json)
    return isinstance(facet, dict) and facet.get("_deleted") is True


def listed(value: Any) -> Iterable[Any]:
    """Return the elements of the value if it is a list, else none."""
    return datasets_of(value) if isinstance(value, list | LargeArray) else ()
