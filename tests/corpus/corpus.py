"""Recorded OpenLineage events of many producers, and the sets that a graph of each source must hold.

The events belong to third parties and are not part of the project; they are looked for in the folder that the variable
HEADWATER_CORPUS of the environment names, or else in ``shared/corpus`` beside the checkout.
"""

import csv
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from headwater_collector.errors import InvalidEvent
from headwater_collector.event import Event

from tests.reference.whole import whole_event

FALLBACK_TIME = "1970-01-01T00:00:00Z"
"""Given to the fragments in documentation that have no eventTime, which the collector refuses as they are."""


def folder() -> Path | None:
    """Return the folder of the corpus, if it is here."""
    named = os.environ.get("HEADWATER_CORPUS")
    path = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "corpus"
    return path if (path / "INDEX.tsv").is_file() else None


def sources() -> list[str]:
    """Return the names of the sources."""
    root = folder()
    return [] if root is None else sorted({path.parent.name for path in root.glob("events/*/*")})


@dataclass(frozen=True)
class Source:
    """All events of one source."""

    events: list[Event]
    completed: list[str]
    """Files of events without eventTime: refused as they are, and completed for the test."""
    refused: list[str]
    """Files that hold no event at all."""


def load(source: str) -> Source:
    """Return the events of a source, in the order of the index."""
    loaded = Source([], [], [])
    for path, value in _values(source):
        try:
            loaded.events.append(whole_event(json.dumps(value).encode()))
        except InvalidEvent as error:
            if not str(error).startswith("eventTime: missing"):
                loaded.refused.append(f"{path}: {error}")
                continue
            try:
                loaded.events.append(whole_event(json.dumps({**value, "eventTime": FALLBACK_TIME}).encode()))
                loaded.completed.append(path)
            except InvalidEvent as other:
                loaded.refused.append(f"{path}: {other}")
    return loaded


def rows(source: str) -> list[dict[str, str]]:
    """Return the rows of the index about a source; `path` is a file in the folder, `source_path` where it was found."""
    root = folder()
    assert root is not None
    with (root / "INDEX.tsv").open(encoding="utf-8", newline="") as index:
        return [row for row in csv.DictReader(index, delimiter="\t") if row["source"] == source]


def _values(source: str) -> Iterator[tuple[str, Any]]:
    root = folder()
    assert root is not None
    for path in (row["path"] for row in rows(source)):
        value = json.loads((root / path).read_bytes())
        for one in value if isinstance(value, list) else [value]:
            yield path, one


def expected(source: str) -> dict[str, set[tuple[str, ...]]]:
    """Return the sets that the graph of a source must hold, by name; single values are tuples of one."""
    root = folder()
    assert root is not None
    sets = json.loads((root / "expected" / f"{source}.sets.json").read_bytes())
    return {name: {tuple(row) if isinstance(row, list) else (row,) for row in rows} for name, rows in sets.items()}
