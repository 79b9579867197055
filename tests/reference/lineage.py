"""The lineage facet: what feeds a dataset or a job, as a job, one of its outputs or a DatasetEvent says it."""

from collections.abc import Iterable
from dataclasses import dataclass

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import dataset_key, job_key

from tests.reference.reading import Facet, entries, facet, is_deleted, is_named, is_run_id, items, job_of, mentions
from tests.reference.registers import is_malformed
from tests.reference.statements import Name

NAME = "lineage"


@dataclass(frozen=True)
class Thing:
    """A dataset or a job, as a facet names it."""

    is_job: bool
    name: Name
    run: object = None
    """Id of a run of the job, if one is said."""

    @property
    def key(self) -> str:
        """Return the key of the dataset or job."""
        return job_key(*self.name) if self.is_job else dataset_key(*self.name)

    @property
    def reference(self) -> Facet:
        """Return the job, with its run if one is said, as a parent facet would name them."""
        namespace, name = self.name
        return {"job": {"namespace": namespace, "name": name}, "run": {"runId": self.run}}


@dataclass(frozen=True)
class Entry:
    """What feeds one thing, as one facet says it."""

    own: str
    """Key of the job of the event, empty for a DatasetEvent."""
    target: Thing
    sources: tuple[Thing, ...]

    @property
    def datasets(self) -> set[str]:
        """Return the keys of the datasets that feed it."""
        return {source.key for source in self.sources if not source.is_job}

    @property
    def jobs(self) -> set[str]:
        """Return the keys of the jobs that feed it."""
        return {source.key for source in self.sources if source.is_job}

    @property
    def is_output(self) -> bool:
        """Return whether by this the event's own job writes the target."""
        return not self.target.is_job and (not self.jobs or bool(self.datasets) or self.own in self.jobs)

    @property
    def is_own(self) -> bool:
        """Return whether this says what the event's own job reads."""
        return self.target.is_job and self.target.key == self.own


def said_of(event: Event) -> list[Entry]:
    """Return what the readable lineage facets of an event's job and of its outputs, or of its dataset, say."""
    if event.kind is EventKind.DATASET:
        return [
            Entry("", Thing(False, (m.namespace, m.name)), _sources(content, None))
            for m in mentions(event, "dataset")
            if (content := facet(m.body, NAME)) is not None and is_readable(NAME, content)
        ]
    own, name = job_of(event), (event.body["job"]["namespace"], event.body["job"]["name"])
    said = [
        Entry(own, Thing(False, (m.namespace, m.name)), _sources(content, name))
        for m in mentions(event, "output")
        if (content := facet(m.body, NAME)) is not None and is_readable(NAME, content)
    ]
    of_job = facet(event.body["job"], NAME)
    if of_job is not None and is_readable(NAME, of_job):
        told = [one for one in map(entries, items(of_job.get("entries"))) if is_readable(NAME, one)]
        said += [Entry(own, target, _sources(one, name)) for one in told for target in _things([one], name)]
    return said


def is_readable(name: str, content: Facet) -> bool:
    """Return whether a facet says something: it is neither malformed nor deleted."""
    return not is_deleted(content) and not is_malformed(name, content)


def _sources(content: Facet, own: Name | None) -> tuple[Thing, ...]:
    said = items(content.get("inputs"))
    for column in entries(content.get("fields")).values():
        said = said + items(entries(column).get("inputs"))
    return tuple(_things(said, own))


def _things(said: Iterable[object], own: Name | None) -> Iterable[Thing]:
    for item in map(entries, said):
        kind = item.get("type")
        if kind not in ("DATASET", "JOB"):
            continue
        run = item.get("runId") if kind == "JOB" and is_run_id(item.get("runId")) else None
        if is_named(item):
            yield Thing(kind == "JOB", (item["namespace"], item["name"]), run)
        elif kind == "JOB" and own and item.get("namespace") is None and item.get("name") is None:
            yield Thing(True, own, run)


def jobs_said(events: Iterable[Event]) -> list[Thing]:
    """Return every job that a lineage facet ever named."""
    entries_ = [entry for event in events for entry in said_of(event)]
    return [thing for entry in entries_ for thing in (entry.target, *entry.sources) if thing.is_job]


def outputs_of(event: Event) -> set[str]:
    """Return the datasets that an event names as outputs, in its list or in a facet."""
    return {m.key for m in mentions(event, "output")} | {e.target.key for e in _by_job(event) if e.is_output}


def own_inputs(event: Event) -> set[str]:
    """Return the datasets of which a facet says only that the event's job reads them."""
    return set[str]().union(*(entry.datasets for entry in _by_job(event) if entry.is_own))


def lineage_of(event: Event) -> list[tuple[str, set[str]]]:
    """Return what the lineage facets of an event's job and outputs say of datasets: each with its inputs."""
    return [(entry.target.key, entry.datasets) for entry in _by_job(event) if not entry.target.is_job]


def _by_job(event: Event) -> list[Entry]:
    return [] if event.kind is EventKind.DATASET else said_of(event)
