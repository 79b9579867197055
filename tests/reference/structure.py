"""Which inputs feed which outputs (law 4), for a set of events taken as one statement."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import dataset_key

from tests.reference.lineage import is_readable, lineage_of, outputs_of, own_inputs
from tests.reference.reading import Facet, Mention, entries, facet, is_named, items, mentions
from tests.reference.registers import latest

LINEAGE, COLUMN_LINEAGE, COLUMN, RENAMED = "LINEAGE", "COLUMN_LINEAGE", "COLUMN", "RENAMED"
UNNAMED_INPUT, ALL_INPUTS = "UNNAMED_INPUT", "ALL_INPUTS"


@dataclass
class Structure:
    """Inputs and outputs, and how data flows from the ones to the others."""

    reads: set[tuple[str, str | None, str]] = field(default_factory=set)
    """(dataset, digest of the step or None for the owner itself, evidence)"""
    writes: set[tuple[str, str | None, str]] = field(default_factory=set)
    """(dataset, digest of the step or None, evidence)"""

    @property
    def inputs(self) -> set[str]:
        """Return all datasets that are read."""
        return {dataset for dataset, _, _ in self.reads}

    @property
    def outputs(self) -> set[str]:
        """Return all datasets that are written."""
        return {dataset for dataset, _, _ in self.writes}

    @property
    def steps(self) -> set[str]:
        """Return the digests of the steps."""
        return {step for _, step, _ in self.reads | self.writes if step is not None}


@dataclass
class Output:
    """One output with the inputs that feed it."""

    key: str
    evidence: str
    named: set[str]
    """Inputs that the facets name."""
    inputs: set[str]
    renamed: set[str] = field(default_factory=set)
    """What it was called before."""


def structure(events: Iterable[Event]) -> Structure:
    """Return the structure that these events say together."""
    events = list(events)
    stated = {m.key for event in events for m in mentions(event, "input")}
    own = set[str]().union(*map(own_inputs, events))
    outputs = [_output(key, events, stated) for key in sorted(set[str]().union(*map(outputs_of, events)))]
    _feed_unnamed(outputs, stated)
    for output in outputs:
        if output.evidence != LINEAGE:
            output.renamed = _renamed(output.key, events)
            output.inputs |= output.renamed
    every = stated.union(own, *(o.inputs for o in outputs))
    groups: dict[frozenset[str], list[Output]] = {}
    for output in outputs:
        groups.setdefault(frozenset(output.inputs), []).append(output)
    if not groups or list(groups) == [every]:
        return _flow(stated, own, [(None, every, outputs)])
    parts: list[tuple[str | None, set[str], list[Output]]] = [
        (_digest(o.key for o in group), set(inputs), group) for inputs, group in groups.items()
    ]
    rest = every.difference(*groups)
    return _flow(stated, own, [*parts, (None, rest, [])])


def of_shares(shares: Mapping[str | None, list[Event]]) -> dict[str | None, Structure]:
    """Return the structure of each share of a run; where several name datasets, all that is written goes by steps."""
    found = {share: structure(events) for share, events in shares.items()}
    naming = [said for said in found.values() if said.reads | said.writes]
    return found if len(naming) < 2 else {share: _in_steps(said) for share, said in found.items()}


def _in_steps(said: Structure) -> Structure:
    outputs = [dataset for dataset, step, _ in said.writes if step is None]
    if not outputs:
        return said
    digest = _digest(outputs)
    return Structure(
        {(dataset, step or digest, why) for dataset, step, why in said.reads},
        {(dataset, step or digest, why) for dataset, step, why in said.writes},
    )


def _flow(stated: set[str], own: set[str], parts: list[tuple[str | None, set[str], list[Output]]]) -> Structure:
    reads = {
        (d, step, LINEAGE if step is None and d in own else _why(d, outputs, stated))
        for step, inputs, outputs in parts
        for d in inputs
    }
    writes = {(o.key, step, o.evidence) for step, _, outputs in parts for o in outputs}
    return Structure(reads, writes)


def _why(dataset: str, outputs: list[Output], stated: set[str]) -> str:
    if any(o.evidence == LINEAGE and dataset in o.named for o in outputs):
        return LINEAGE
    if any(o.evidence == COLUMN_LINEAGE and dataset in o.named for o in outputs):
        return COLUMN_LINEAGE if dataset in stated else COLUMN
    if any(dataset in o.renamed for o in outputs):
        return RENAMED
    return UNNAMED_INPUT if any(o.evidence == COLUMN_LINEAGE for o in outputs) else ALL_INPUTS


def _output(key: str, events: list[Event], stated: set[str]) -> Output:
    lineage = _lineage(key, events)
    if lineage is not None:
        return Output(key, LINEAGE, lineage, set(lineage))
    named = _column_lineage(key, events)
    if named:
        return Output(key, COLUMN_LINEAGE, named, set(named))
    return Output(key, ALL_INPUTS, set(), set(stated))


def _renamed(output: str, events: list[Event]) -> set[str]:
    """Return what an output was called before, as a set of at most one."""
    said = [
        (m.token, content)
        for event in events
        if event.kind is EventKind.RUN
        for m in mentions(event, "output")
        if m.key == output and (content := facet(m.body, "lifecycleStateChange")) is not None
    ]
    before = _previous(latest(said, "lifecycleStateChange"))
    return {dataset_key(*before)} - {output} if before else set()


def _previous(content: Facet | None) -> tuple[str, str] | None:
    if content is None or str(content.get("lifecycleStateChange")).upper() != "RENAME":
        return None
    before = content.get("previousIdentifier")
    return (before["namespace"], before["name"]) if isinstance(before, dict) and is_named(before) else None


def previous_names(mention: Mention) -> Iterator[tuple[str, str]]:
    """Yield what a run says that its output was called before."""
    if mention.role == "output" and mention.event.kind is EventKind.RUN:
        content = facet(mention.body, "lifecycleStateChange")
        if content is not None and is_readable("lifecycleStateChange", content):
            before = _previous(content)
            if before is not None:
                yield before


def _column_lineage(output: str, events: list[Event]) -> set[str]:
    said = [
        (m.token, content)
        for event in events
        for m in mentions(event, "output")
        if m.key == output and (content := facet(m.body, "columnLineage")) is not None
    ]
    return column_sources(latest(said, "columnLineage") or {})


def _feed_unnamed(outputs: list[Output], stated: set[str]) -> None:
    unnamed = stated.difference(*(o.named for o in outputs))
    for output in outputs:
        if output.evidence == COLUMN_LINEAGE:
            output.inputs |= unnamed


def _lineage(key: str, events: list[Event]) -> set[str] | None:
    said = [inputs for event in events for output, inputs in lineage_of(event) if output == key]
    return set[str]().union(*said) if said else None


def is_dataset(item: object) -> bool:
    """Return whether an item of a lineage facet is a dataset."""
    return is_named(item) and entries(item).get("type") == "DATASET"


def lineage_sources(content: Facet) -> list[Facet]:
    """Return the datasets that a lineage facet, or an entry of one, names as inputs."""
    said = items(content.get("inputs"))
    for column in entries(content.get("fields")).values():
        said = said + items(entries(column).get("inputs"))
    return [item for item in said if is_dataset(item)]


def column_inputs(content: Facet) -> list[Facet]:
    """Return the named input fields of a columnLineage facet, those of the whole dataset included."""
    said = items(content.get("dataset"))
    for column in entries(content.get("fields")).values():
        said = said + items(entries(column).get("inputFields"))
    return [item for item in said if is_named(item)]


def column_sources(content: Facet) -> set[str]:
    """Return the keys of the datasets that a columnLineage facet names."""
    return {dataset_key(item["namespace"], item["name"]) for item in column_inputs(content)}


def reads_of(event: Event) -> set[str]:
    """Return the datasets that an event names as inputs, in its list or in a facet."""
    named = {m.key for m in mentions(event, "input")}
    for output in {m.key for m in mentions(event, "output")}:
        named |= _column_lineage(output, [event]) | _renamed(output, [event])
    return named.union(own_inputs(event), *(inputs for _, inputs in lineage_of(event)))


def names_any(event: Event) -> bool:
    """Return whether an event names any dataset that its job reads or writes."""
    return bool(mentions(event) or outputs_of(event) or reads_of(event))


def _digest(outputs: Iterable[str]) -> str:
    return sha256("\n".join(sorted(outputs)).encode()).hexdigest()[:16]
