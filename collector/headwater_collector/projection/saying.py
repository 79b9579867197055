"""What one event says, being gathered: facts of the scopes that it speaks of, and what is taken of its facets."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

import orjson
from headwater_graph.keys import dataset_key

from headwater_collector.projection import facets
from headwater_collector.projection.facets import Extractor, Malformed
from headwater_collector.projection.facts import ColumnFacts, DatasetFacts, JobFacts, Register, RunFacts, digest_of

Level = Literal["dataset", "job", "run"]
_EXTRACTORS: Final = {"dataset": facets.DATASET, "job": facets.JOB, "run": facets.RUN}
MEMO_BYTES: Final = 20_000
"""Facets up to this size are remembered."""


@dataclass(slots=True)
class Saying:
    """All that one event says: facts by key of their scope, and the contents that they name by digest."""

    token: str
    run: str = ""
    job: str = ""
    runs: dict[str, RunFacts] = field(default_factory=dict)
    jobs: dict[str, JobFacts] = field(default_factory=dict)
    datasets: dict[str, DatasetFacts] = field(default_factory=dict)
    columns: dict[str, ColumnFacts] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    """Contents of columnLineage facets, by digest."""
    contents: dict[str, str] = field(default_factory=dict)
    """JSON of kept facets, by digest."""
    warnings: list[str] = field(default_factory=list)
    """Facets that are left out, with the reason."""


def name_dataset(saying: Saying, namespace: str, name: str) -> str:
    """Note that a dataset is named; return its key."""
    found = dataset_key(namespace, name)
    if found not in saying.datasets:
        saying.datasets[found] = DatasetFacts(namespace, name)
    return found


def facets_of(owner: Mapping[str, Any], field_name: str) -> dict[str, Any]:
    """Return the facets of an owner that are objects; of the others the receiver has warned."""
    found = owner.get(field_name)
    if not isinstance(found, dict):
        return {}
    return {name: facet for name, facet in found.items() if isinstance(facet, dict)}


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
        raw = orjson.dumps(facet)
        taken = (_taken if len(raw) < MEMO_BYTES else _taken.__wrapped__)(level, name, raw)
        if taken.problem:
            saying.warnings.append(f"{name}: {taken.problem}; this facet is left out")
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


@lru_cache(maxsize=16384)
def _taken(level: Level, name: str, raw: bytes) -> _Taken:
    # Producers send the same facet with every event: what is taken of it is a function of its bytes.
    facet = orjson.loads(raw)
    extract = _EXTRACTORS[level].get(name)
    value = None
    if extract:
        try:
            value = extract(facet)
        except Malformed as error:
            return _Taken(None, problem=str(error))
        keeps = facets.ALSO_KEPT.get(name)
        if keeps is None or not keeps(facet):
            return _Taken(value)
    text = orjson.dumps(facet, option=orjson.OPT_SORT_KEYS)
    return _Taken(value, digest_of(text), text.decode())


def take_register(saying: Saying, where: str, extract: Extractor, facet: Any) -> Register | None:
    """Return ``[token, value]`` of one facet, or None if it says nothing."""
    if facet is None or is_deleted(facet):
        return None
    value = take(saying, where, extract, facet)
    return None if value is None else [saying.token, value]


def take(saying: Saying, name: str, extract: Extractor, facet: Any) -> Any:
    """Return what an extractor takes out of a facet, or None for a malformed one, which is noted."""
    try:
        return extract(facet)
    except Malformed as error:
        saying.warnings.append(f"{name}: {error}; this facet is left out")
        return None


def keep(saying: Saying, facet: Any) -> str:
    """Note the content of a facet that is kept whole; return its digest."""
    text = orjson.dumps(facet, option=orjson.OPT_SORT_KEYS)
    digest = digest_of(text)
    saying.contents[digest] = text.decode()
    return digest


def name_of(value: Any) -> tuple[str, str] | None:
    """Return namespace and name if both are there."""
    if not isinstance(value, dict):
        return None
    namespace, name = value.get("namespace"), value.get("name")
    filled = isinstance(namespace, str) and namespace and isinstance(name, str) and name
    return (namespace, name) if filled else None  # type: ignore[return-value]


def is_deleted(facet: Any) -> bool:
    """Return whether a facet clears its register."""
    return isinstance(facet, dict) and facet.get("_deleted") is True


def listed(value: Any) -> list[Any]:
    """Return the value if it is a list, else an empty one."""
    return value if isinstance(value, list) else []
