"""Control flow: which job and which run sets off which, as jobDependencies facets tell it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from headwater_collector.event import Event, EventKind

from tests.reference.graph import Graph
from tests.reference.reading import Facet, Token, entries, facet, is_named, is_run_id, job_of, run_key, text, token
from tests.reference.registers import is_malformed
from tests.reference.statements import Said, elements, job_of_reference

NAME = "jobDependencies"


@dataclass(frozen=True)
class Dependency:
    """One entry of the facet."""

    upstream: bool
    """Whether it names what comes before."""
    body: Facet

    @property
    def job(self) -> str:
        """Return the key of the job named."""
        return job_of_reference(self.body)

    @property
    def run(self) -> str | None:
        """Return the key of the run named, if one is."""
        run_id = entries(self.body.get("run")).get("runId")
        return run_key(run_id, self.body["job"]["namespace"]) if is_run_id(run_id) else None

    def ends(self, other: str, own: str) -> tuple[str, str]:
        """Return what comes before and what after."""
        return (other, own) if self.upstream else (own, other)

    @property
    def properties(self) -> dict[str, Any]:
        """Return what the edge tells of it."""
        return {
            "type": text(self.body.get("dependency_type")) or text(self.body.get("type")),
            "sequenceRule": text(self.body.get("sequence_trigger_rule")),
            "statusRule": text(self.body.get("status_trigger_rule")),
        }


def dependencies(content: Facet | None) -> Iterator[Dependency]:
    """Yield the readable entries of a facet, what comes before first."""
    if content is not None and not is_malformed(NAME, content):
        for place in ("upstream", "downstream"):
            said = elements(content, place)
            yield from (Dependency(place == "upstream", one) for one in said if is_named(one.get("job")))


def named_in(said: dict[str, list[Said]]) -> list[Dependency]:
    """Return every entry ever said of any run."""
    return [d for mine in said.values() for _, name, content in mine if name == NAME for d in dependencies(content)]


def add_job_dependencies(graph: Graph, events: list[Event]) -> None:
    """Add what each job said of itself and others: for every pair ever said, what was said of it last."""
    said: dict[tuple[str, str, str], list[tuple[Token, int, Dependency]]] = {}
    for event in events:
        if event.kind is EventKind.RUN:
            own = job_of(event)
            for position, one in enumerate(dependencies(facet(event.body["run"], NAME))):
                said.setdefault((own, *one.ends(one.job, own)), []).append((token(event), position, one))
    for (own, before, after), every in said.items():
        if before != after:
            last = max(every, key=lambda each: each[:2])[2]
            graph.add_edge("TRIGGERS", before, after, own, saidBy=own, **last.properties)


def add_run_dependencies(graph: Graph, run: str, content: Facet | None) -> None:
    """Add which runs set off a run, and which ones it set off."""
    for one in dependencies(content):
        if one.run is not None and one.run != run:
            graph.add_edge("TRIGGERS", *one.ends(one.run, run), run, saidBy=run, **one.properties)


def job_name(one: Dependency) -> tuple[str, str]:
    """Return namespace and name of the job named."""
    return one.body["job"]["namespace"], one.body["job"]["name"]
