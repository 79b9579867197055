"""What an event says, read as the laws tell it: its order token, the datasets that it names, and its facets."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import dataset_key, job_key, key

Facet = Mapping[str, Any]
Token = tuple[Any, ...]
"""Order of what was said: (time, rank, event id), for datasets followed by (1 for an output, position)."""

_RANKS = {"START": 1, "OTHER": 2, "RUNNING": 3, "COMPLETE": 4, "ABORT": 5, "FAIL": 6}
_UUID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)


@dataclass(frozen=True)
class Mention:
    """One dataset as one event names it."""

    event: Event
    role: str
    """input, output or dataset (of a DatasetEvent)."""
    token: Token
    namespace: str
    name: str
    body: Mapping[str, Any]

    @property
    def key(self) -> str:
        """Return the key of the dataset."""
        return dataset_key(self.namespace, self.name)


def token(event: Event) -> Token:
    """Return the order token of an event."""
    return (event.time, _RANKS[event.type] if event.kind is EventKind.RUN else 0, event.id)


def mentions(event: Event, role: str | None = None) -> list[Mention]:
    """Return the datasets that an event names as input, output or subject, in order; nameless ones are skipped."""
    if event.kind is EventKind.DATASET:
        said = [("dataset", 0, event.body["dataset"])]
    else:
        said = [("input", n, item) for n, item in enumerate(items(event.body.get("inputs")))]
        said += [("output", n, item) for n, item in enumerate(items(event.body.get("outputs")))]
    return [
        Mention(event, r, (*token(event), r == "output", n), item["namespace"], item["name"], item)
        for r, n, item in said
        if is_named(item) and role in (None, r)
    ]


def items(value: object) -> list[Any]:
    """Return the list that a value is, or an empty one."""
    return value if isinstance(value, list) else []


def entries(value: object) -> dict[str, Any]:
    """Return the object that a value is, or an empty one."""
    return value if isinstance(value, dict) else {}


def text(value: object) -> str | None:
    """Return the value if it is a text that is not empty."""
    return value if isinstance(value, str) and value else None


def texts(said: Facet, *names: str) -> dict[str, Any]:
    """Return those members that are texts."""
    return {name: text(said.get(name)) for name in names}


def is_named(value: object) -> bool:
    """Return whether a value is an object with a namespace and a name."""
    return isinstance(value, dict) and text(value.get("namespace")) is not None and text(value.get("name")) is not None


def is_of_session(value: object) -> bool:
    """Return whether a symlink is Flink's name for a table that one session alone knows."""
    return isinstance(value, dict) and (text(value.get("name")) or "").startswith("default_catalog.")


def is_number(value: object) -> bool:
    """Return whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def whole(value: object) -> int | None:
    """Return the value if it is an integer that a graph can hold."""
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if -(2**63) <= value < 2**63 else None


def name_of(value: object) -> str | None:
    """Return the text that a name is, which may be said as a number."""
    return str(value) if is_number(value) else text(value)


def facets(owner: object, place: str = "facets") -> Iterator[tuple[str, Facet]]:
    """Yield the facets of a run, job or dataset that are objects."""
    for name, facet in entries(entries(owner).get(place)).items():
        if isinstance(facet, dict):
            yield name, facet


def facet(owner: object, name: str, place: str = "facets") -> Facet | None:
    """Return one facet of a run, job or dataset, if it is an object."""
    return dict(facets(owner, place)).get(name)


def is_deleted(content: Facet) -> bool:
    """Return whether a facet is a tombstone."""
    return content.get("_deleted") is True


def job_of(event: Event) -> str:
    """Return the key of the job of a RunEvent or JobEvent."""
    return job_key(event.body["job"]["namespace"], event.body["job"]["name"])


def run_of(event: Event) -> str:
    """Return the key of the run of a RunEvent."""
    return run_key(event.body["run"]["runId"], event.body["job"]["namespace"])


def run_key(run_id: object, namespace: str) -> str:
    """Return the key of a run: by its UUID alone, or else within the namespace of its job."""
    return key("run", run_name(run_id)) if _UUID.fullmatch(str(run_id)) else key("run", namespace, run_name(run_id))


def run_name(run_id: object) -> str:
    """Return a run id as it is shown: a UUID in lower case."""
    return str(run_id).lower() if _UUID.fullmatch(str(run_id)) else str(run_id)


def is_run_id(value: object) -> bool:
    """Return whether a value can be a run id."""
    return text(value) is not None or is_number(value)
