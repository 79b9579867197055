"""Runs and jobs that an event names beside its own: parents, roots, and what is triggered by what."""

import re
from collections.abc import Mapping
from typing import Any, Final

from headwater_graph.keys import job_key, key

from headwater_collector.projection import run_facets
from headwater_collector.projection.facts.job import JobFacts
from headwater_collector.projection.facts.register import Register, merge_registers
from headwater_collector.projection.facts.run import RunFacts
from headwater_collector.projection.fate_table import fate_of
from headwater_collector.projection.saying import Saying, facets_of, keep, take, take_registers
from headwater_collector.projection.values import inner

PARENTS: Final = ("parent", "parentRun")
"""Keys of the facet that names the parent, the one that decides first."""

_UUID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def run_id_of(text: str) -> str:
    """Return a run id as the graph shows it: a UUID in lower case, all else as it is."""
    lower = text.lower()
    return lower if _UUID.fullmatch(lower) else text


def run_key(run_id: str, job_namespace: str) -> str:
    """Return the key of a run; an id that is not a UUID means something only within its job's namespace."""
    lower = run_id.lower()
    return key("run", lower) if _UUID.fullmatch(lower) else key("run", job_namespace, run_id)


def take_parents(saying: Saying, run_facets_: Mapping[str, Any]) -> None:
    """Take in the facets that name the parent, by both their keys."""
    for name in PARENTS:
        facet = run_facets_.get(name)
        if facet is not None:
            _parent(saying, name, facet)


def _parent(saying: Saying, name: str, facet: Mapping[str, Any]) -> None:
    found = take(saying, f"run.{name}", run_facets.parent, facet)
    if not found:
        return
    above, parent_job = name_run(saying, *found), job_key(found[1], found[2])
    _told_of(saying, above, parent_job, facet)
    if above != saying.run:
        own = saying.jobs[saying.job]
        own.parents = sorted({*own.parents, parent_job})
    top = ""
    root = facet.get("root")
    if isinstance(root, dict):
        found = take(saying, f"run.{name}.root", run_facets.parent, root)
        if found:
            top = name_run(saying, *found)
            _told_of(saying, top, job_key(found[1], found[2]), root)
    digest = keep(saying, facet) if fate_of("run", name).keeps(facet) else ""
    saying.runs[saying.run].registers[name] = [saying.token, [above, top], digest]


def name_run(saying: Saying, run_id: str, namespace: str, name: str) -> str:
    """Note that a run is named together with its job; return its key."""
    run, job = run_key(run_id, namespace), job_key(namespace, name)
    stub = RunFacts(run_id_of(run_id), stubs=[job])
    if run in saying.runs:
        saying.runs[run].merge(stub)
    else:
        saying.runs[run] = stub
    name_job(saying, namespace, name)
    return run


def name_job(saying: Saying, namespace: str, name: str) -> str:
    """Note that a job is named; return its key."""
    job = job_key(namespace, name)
    saying.jobs.setdefault(job, JobFacts(namespace, name))
    return job


def _told_of(saying: Saying, run: str, job: str, reference: Mapping[str, Any]) -> None:
    """Take in the facets that come with a reference to a run and its job, as if an event had said them of these."""
    of_run, of_job = (facets_of(inner(reference, part), "facets") for part in ("run", "job"))
    if of_run:
        registers = take_registers(saying, of_run, "run", PARENTS, saying.token)
        merge_registers(saying.runs[run].registers, registers)
        name_dependencies(saying, registers)
    if of_job:
        merge_registers(saying.jobs[job].registers, take_registers(saying, of_job, "job", (), saying.token))


def name_dependencies(saying: Saying, registers: Mapping[str, Register]) -> None:
    """Name the jobs and runs that a run depends on or that depend on it."""
    for _, namespace, name, run_id, *_ in _dependencies(registers):
        name_job(saying, namespace, name)
        if run_id:
            name_run(saying, run_id, namespace, name)


def trigger(saying: Saying, registers: Mapping[str, Register]) -> None:
    """Note what the event's job triggers or is triggered by; of one pair the later entry stands."""
    for direction, namespace, name, _, *attributes in _dependencies(registers):
        other = job_key(namespace, name)
        if other != saying.job:
            saying.jobs[saying.job].triggers[direction + other] = [saying.token, *attributes]


def _dependencies(registers: Mapping[str, Register]) -> list[list[str]]:
    return registers["jobDependencies"][1] if "jobDependencies" in registers else []
