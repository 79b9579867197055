"""What events say of other runs than their own by the run ids of lineage facets, as if those said it themselves."""

from collections.abc import Iterator

from headwater_collector.event import Event, EventKind

from tests.reference.lineage import Thing, said_of
from tests.reference.reading import Facet, job_of, run_key, run_of
from tests.reference.runs import Runs


def spoken_of(events: list[Event]) -> Runs:
    """Return, by the key of its run, what others say that a run read or wrote, each as an event of that run."""
    spoken: Runs = {}
    for event in events:
        for run, said in _spoken(event):
            spoken.setdefault(run, []).append(said)
    return spoken


def _spoken(event: Event) -> Iterator[tuple[str, Event]]:
    own = run_of(event) if event.kind is EventKind.RUN else None
    for entry in said_of(event):
        for source in entry.sources:
            act = entry.target if entry.target.is_job else source
            run = run_named(act, event)
            if run in (None, own) or (entry.target.is_job and source.is_job):
                continue
            yield str(run), _as_said(event, act, source if entry.target.is_job else None, entry.target)


def _as_said(event: Event, act: Thing, read: Thing | None, target: Thing) -> Event:
    """Return an event in which a run says itself that it read a dataset, or else wrote the target."""
    body: Facet = {"run": {"runId": act.run}, "job": dict(zip(("namespace", "name"), act.name, strict=True))}
    if read is None:
        body = {**body, "outputs": [_named(target)]}
    else:
        own = {"type": "JOB", "inputs": [{**_named(read), "type": "DATASET"}]}
        job = {**body["job"], "facets": {"lineage": {"entries": [own]}}}
        body = {**body, "job": job, "inputs": [_named(read)]}
    return Event(event.id, EventKind.RUN, event.time, "OTHER", dict(body))


def _named(thing: Thing) -> dict[str, str]:
    return dict(zip(("namespace", "name"), thing.name, strict=True))


def run_named(thing: Thing, event: Event) -> str | None:
    """Return the key of the run that is meant by a job: the one that is said, or of the event's own job its run."""
    if thing.run is not None:
        return run_key(thing.run, thing.name[0])
    is_own = event.kind is EventKind.RUN and thing.key == job_of(event)
    return run_of(event) if is_own else None
