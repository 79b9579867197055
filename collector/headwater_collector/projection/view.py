"""What a batch knows while it is worked on: facts loaded from the graph as they were, and as they become."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

import orjson
from headwater_graph.store import GraphTransaction

from headwater_collector.projection.codec import (
    decode_columns,
    decode_dataset,
    decode_job,
    decode_run,
    decode_version,
    encode_columns,
    encode_dataset,
    encode_job,
    encode_run,
    encode_version,
)
from headwater_collector.projection.facts.columns import ColumnFacts
from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.facts.job import JobFacts
from headwater_collector.projection.facts.run import RunFacts
from headwater_collector.projection.facts.version import VersionFacts

F = TypeVar("F")


@dataclass(slots=True)
class Scopes(Generic[F]):
    """All scopes of one kind that the batch has to do with."""

    decode: Callable[[str], F]
    encode: Callable[[F], bytes]
    texts: dict[str, str]
    """What the graph holds, by key; shared by all kinds."""
    now: dict[str, F] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    """Scopes that nothing is said of any more; what `now` holds of them says nothing."""
    _anew: set[str] = field(default_factory=set)
    _before: dict[str, F | None] = field(default_factory=dict)

    def find(self, key: str) -> F | None:
        """Return the facts as they are now, to be changed in place; None if nothing is known."""
        if key not in self.now and key not in self._anew and self.texts.get(key):
            self.now[key] = self.decode(self.texts[key])
        return self.now.get(key)

    def before(self, key: str) -> F | None:
        """Return the facts as the graph holds them."""
        if key not in self._before:
            text = self.texts.get(key)
            self._before[key] = self.decode(text) if text else None
        return self._before[key]

    def after(self, key: str) -> F | None:
        """Return the facts as they are now, None if the scope is gone."""
        return None if key in self.gone else self.now[key]

    def begin_anew(self, keys: Iterable[str]) -> None:
        """Forget what the graph holds of these scopes: what is merged from here on is all that is said of them."""
        self._anew.update(keys)

    def changed(self) -> dict[str, str]:
        """Return the JSON of all facts that are not as the graph holds them, empty for scopes that are gone."""
        texts = {key: "" if key in self.gone else self.encode(facts).decode() for key, facts in self.now.items()}
        return {key: text for key, text in texts.items() if text != self.texts.get(key)}


class View:
    """The facts of a batch, loaded through its transaction."""

    def __init__(self, transaction: GraphTransaction) -> None:
        """Begin with nothing loaded."""
        self.transaction = transaction
        self._texts: dict[str, str] = {}
        self.runs = Scopes[RunFacts](decode_run, encode_run, self._texts)
        self.jobs = Scopes[JobFacts](decode_job, encode_job, self._texts)
        self.datasets = Scopes[DatasetFacts](decode_dataset, encode_dataset, self._texts)
        self.versions = Scopes[VersionFacts](decode_version, encode_version, self._texts)
        self.columns = Scopes[ColumnFacts](decode_columns, encode_columns, self._texts)
        self.groups = Scopes[list[str]](orjson.loads, orjson.dumps, self._texts)
        self.touching: dict[frozenset[str], dict[str, set[str]]] = {}
        """Runs by each of some datasets that they touch; kept by `timeline` while groups of names part."""
        self.shapes: dict[str, str] = {}
        self.contents: dict[str, str] = {}

    def load(self, keys: Iterable[str]) -> None:
        """Fetch the facts of these scopes that were not fetched yet, in one query."""
        missing = sorted({key for key in keys if key not in self._texts})
        if missing:
            found = self.transaction.facts(missing)
            self._texts.update((key, found.get(key, "")) for key in missing)

    def open(self, scopes: "Scopes[F]", keys: Iterable[str]) -> None:
        """Fetch scopes that are there, so that `Scopes.now` has them."""
        wanted = [key for key in keys if key not in scopes.now]
        self.load(wanted)
        for key in wanted:
            scopes.find(key)

    def text(self, key: str) -> str:
        """Return the JSON of a scope's facts as the graph holds them, empty for none."""
        self.load([key])
        return self._texts[key]

    def shape(self, digest: str) -> str:
        """Return the content of a columnLineage facet by its digest."""
        if digest not in self.shapes:
            key = f"shape|{digest}"
            self.load([key])
            self.shapes[digest] = self._texts[key]
        return self.shapes[digest]
