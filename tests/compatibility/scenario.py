"""The consumer scenarios of the OpenLineage compatibility tests: recorded events, and what the graph must hold of them.

The events belong to the project of those tests and are found in the corpus, or in a checkout of it. What is expected of
Headwater is in `consumers/headwater`, laid out as a consumer's folder there.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from tests.corpus import corpus

CONSUMER: Final = Path(__file__).parent / "consumers" / "headwater"
SCENARIOS: Final = CONSUMER / "scenarios"

_AGAIN: Final = {
    "spark_dataproc_simple_producer_test_complete": (
        "spark_dataproc_simple_producer_test",
        {"1.json": "11.json", "2.json": "12.json", "3.json": "13.json", "4.json": "14.json"},
    ),
}
"""Events of a scenario that are those of another one, byte for byte: the corpus holds them once."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Scenario:
    """The events of one scenario, in the order of their files."""

    name: str
    events: Mapping[str, bytes]


@dataclass(frozen=True)
class Expected:
    """What a test of a scenario expects of one kind of entity."""

    name: str
    entity: str
    tags: Mapping[str, Any]
    rows: list[Row]


def recorded() -> list[Scenario]:
    """Return the scenarios of the corpus; none if it is not here."""
    root = corpus.folder()
    if root is None:
        return []
    rows = [row for source in corpus.sources() if source.startswith("ol-compat-") for row in corpus.rows(source)]
    files = {PurePosixPath(row["source_path"]): root / row["path"] for row in rows}
    for name, (other, again) in _AGAIN.items():
        at, there = (PurePosixPath("consumer/scenarios") / one / "events" for one in (name, other))
        files |= {at / event: files[there / same] for same, event in again.items()}
    return _scenarios(files.items())


def of_checkout(folder: Path, consumer: Path = CONSUMER) -> list[Scenario]:
    """Return the scenarios in the folder `consumer/scenarios` of a checkout that something is expected of."""
    files = [(PurePosixPath(path), path) for path in folder.glob("*/events/*.json")]
    return [scenario for scenario in _scenarios(files) if (consumer / "scenarios" / scenario.name).is_dir()]


def _scenarios(files: Iterable[tuple[PurePosixPath, Path]]) -> list[Scenario]:
    found: dict[str, dict[str, bytes]] = {}
    # .../<scenario>/events/<event>.json
    for place, path in sorted(files):
        found.setdefault(place.parent.parent.name, {})[place.name] = path.read_bytes()
    return [Scenario(name, events) for name, events in found.items()]


def config(name: str, consumer: Path = CONSUMER) -> Row:
    """Return the configuration of a scenario: version and producer of its events, and the tests."""
    found: Row = json.loads((consumer / "scenarios" / name / "config.json").read_text(encoding="utf-8"))
    return found


def expectations(name: str, consumer: Path = CONSUMER) -> list[Expected]:
    """Return what the tests of a scenario expect."""
    folder = consumer / "scenarios" / name
    return [
        Expected(test["name"], test["entity"], test["tags"], json.loads((folder / test["path"]).read_bytes()))
        for test in config(name, consumer)["tests"]
    ]
