"""The examples of facets in OpenLineage's specification, each in an event that says nothing else."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from headwater_collector.event import Event
from headwater_collector.parse import parse_event
from headwater_collector.projection.fates import Level

from tests.docs.test_facets import specification

RUN_ID: Final = "01900000-0000-7000-8000-0000000000ff"
NAMESPACE: Final = "examples"
_SCHEMA: Final = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/"
_PRODUCER: Final = "https://example.com/producer"
_TIME: Final = "2026-01-01T00:00:00Z"

Json = Any


@dataclass(frozen=True)
class Example:
    """One facet, and the event that says it."""

    path: str
    level: Level
    key: str
    facet: Json
    alone: bool = False
    """Said by a DatasetEvent and not by a run of one of its inputs or outputs."""

    @property
    def body(self) -> bytes:
        """Return the event."""
        return json.dumps(self._dataset_event() if self.alone else self._run_event()).encode()

    @property
    def event(self) -> Event:
        """Return the event as the collector reads it."""
        return parse_event(self.body)

    def _run_event(self) -> Json:
        member = f"{self.level}Facets" if self.level in ("input", "output") else "facets"
        return {
            "eventTime": _TIME,
            "eventType": "COMPLETE",
            "producer": _PRODUCER,
            "schemaURL": f"{_SCHEMA}RunEvent",
            "run": {"runId": RUN_ID, "facets": self._at("run")},
            "job": {"namespace": NAMESPACE, "name": "job", "facets": self._at("job")},
            "inputs": [self._dataset("in", {member: self._at("input")})],
            "outputs": [self._dataset("out", {member: self._at("output", "dataset")})],
        }

    def _dataset_event(self) -> Json:
        dataset = self._dataset("out", {"facets": {self.key: self.facet}})
        return {"eventTime": _TIME, "producer": _PRODUCER, "schemaURL": f"{_SCHEMA}DatasetEvent", "dataset": dataset}

    def _at(self, *levels: Level) -> Json:
        return {self.key: self.facet} if self.level in levels else {}

    def _dataset(self, name: str, facets: Json) -> Json:
        return {"namespace": NAMESPACE, "name": name, **facets}


def examples() -> list[Example]:
    """Return the examples; none if the specification is not here."""
    root = specification()
    return [] if root is None else [one for path in sorted(root.glob("tests/*/*.json")) for one in _of(path)]


def _of(path: Path) -> Iterator[Example]:
    name = f"{path.parent.name}/{path.stem}"
    for key, facet in json.loads(path.read_bytes()).items():
        level = _level(path.parent.name, facet)
        yield Example(name, level, key, facet)
        if level == "dataset":
            yield Example(f"{name} alone", level, key, facet, alone=True)


def _level(schema: str, facet: Json) -> Level:
    """Return whose facet it is: its schema's name says it, or the part of the schema that it names."""
    # Allowed where inputs have facets of their own, whatever its name says.
    if schema == "DataQualityAssertionsDatasetFacet" or "inputCondition" in facet:
        return "input"
    if "outputCondition" in facet:
        return "output"
    if schema == "LineageFacet":
        schema = facet["_schemaURL"].rpartition("/")[2]
    ends: dict[str, Level] = {"InputDatasetFacet": "input", "OutputDatasetFacet": "output", "RunFacet": "run"}
    ends |= {"JobFacet": "job", "DatasetFacet": "dataset"}
    return next(level for end, level in ends.items() if schema.endswith(end))
