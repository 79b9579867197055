"""What is said of runs and of jobs: by their own events, and inside what children say of their parents and roots."""

from collections.abc import Iterator

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import job_key

from tests.reference.reading import Facet, Token, entries, facet, facets, items, run_key, run_of, token
from tests.reference.registers import is_malformed, is_reference

Said = tuple[Token, str, Facet]
"""Order, name and content of a facet."""
Name = tuple[str, str]

OWN = 4
"""Rank inside an event of what it says of its own run and job; it beats what is said of them as a parent or root."""
_RANKS = {"parent": 3, "parentRun": 1}


def of_runs(events: list[Event]) -> dict[str, list[Said]]:
    """Return the run facets ever said, by the key of their run."""
    said: dict[str, list[Said]] = {}
    for event in events:
        if event.kind is EventKind.RUN:
            mine = said.setdefault(run_of(event), [])
            mine += [((*token(event), OWN), name, content) for name, content in facets(event.body["run"])]
            for rank, reference in references(event):
                inner = said.setdefault(run_of_reference(reference), [])
                inner += [
                    ((*token(event), rank), name, content)
                    for name, content in facets(reference["run"])
                    if name not in _RANKS
                ]
    return said


def of_jobs(events: list[Event]) -> dict[Name, list[Said]]:
    """Return the job facets ever said, by the name of their job."""
    said: dict[Name, list[Said]] = {}
    for event in events:
        if event.kind is EventKind.DATASET:
            continue
        for rank, job in _jobs_in(event):
            mine = said.setdefault((job["namespace"], job["name"]), [])
            mine += [((*token(event), rank), name, content) for name, content in facets(job)]
    return said


def _jobs_in(event: Event) -> Iterator[tuple[int, Facet]]:
    yield OWN, event.body["job"]
    yield from ((rank, reference["job"]) for rank, reference in references(event))


def references(event: Event) -> list[tuple[int, Facet]]:
    """Return each parent or root that an event names with its job, and its rank inside the event."""
    found = []
    for name, content in parents_of(event):
        found.append((_RANKS[name], content))
        if is_reference(content.get("root")):
            found.append((_RANKS[name] - 1, content["root"]))
    return found


def parents_of(event: Event) -> list[tuple[str, Facet]]:
    """Return the readable parent facets of an event."""
    if event.kind is not EventKind.RUN:
        return []
    said = ((name, facet(event.body["run"], name)) for name in _RANKS)
    return [(name, content) for name, content in said if content is not None and not is_malformed(name, content)]


def run_of_reference(said: Facet) -> str:
    """Return the key of the run that a reference names."""
    return run_key(said["run"]["runId"], said["job"]["namespace"])


def job_of_reference(said: Facet) -> str:
    """Return the key of the job that a reference names."""
    return job_key(said["job"]["namespace"], said["job"]["name"])


def elements(content: Facet | None, name: str) -> list[Facet]:
    """Return the objects of a list that a facet holds."""
    return [one for one in items(entries(content).get(name)) if isinstance(one, dict)]
