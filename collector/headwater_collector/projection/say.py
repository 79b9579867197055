"""What one event says, as facts of the scopes that it speaks of. Pure: the same event always says the same."""

import re
from collections.abc import Mapping
from typing import Any, Final

from headwater_graph.keys import job_key, key

from headwater_collector.event import Event, EventKind
from headwater_collector.projection import facets
from headwater_collector.projection.accesses import (
    link,
    list_indirect_inputs,
    name_only,
    take_access,
    take_columns,
    take_lineage_of_job,
    version_of,
)
from headwater_collector.projection.facts import STATES, DatasetFacts, JobFacts, RunFacts, Said
from headwater_collector.projection.saying import (
    Saying,
    facets_of,
    is_deleted,
    listed,
    name_dataset,
    take,
    take_registers,
)

_RANK: Final = {"START": "1", "OTHER": "2", "RUNNING": "3", "COMPLETE": "4", "ABORT": "5", "FAIL": "6", "": "0"}
_UUID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def say(event: Event) -> Saying:
    """Return what the event says."""
    saying = Saying(f"{event.time}{_RANK[event.type]}{event.id}")
    if event.kind is EventKind.DATASET:
        _dataset_event(saying, event.body["dataset"])
        return saying
    said = Said()
    job = event.body["job"]
    saying.job = job_key(job["namespace"], job["name"])
    facts = saying.jobs[saying.job] = JobFacts(job["namespace"], job["name"])
    job_facets = facets_of(job, "facets")
    facts.registers = take_registers(saying, job_facets, "job", {"lineage"}, saying.token)
    for role in ("inputs", "outputs"):
        for position, dataset in enumerate(listed(event.body.get(role))):
            take_access(saying, said, role, position, dataset)
    take_lineage_of_job(saying, job_facets.get("lineage"), said)
    list_indirect_inputs(saying, said)
    if event.kind is EventKind.JOB:
        for access in (*said.inputs.values(), *said.outputs.values()):
            access.facets, access.checks, access.role = {}, None, None
        facts.events = {saying.token: said} if said.names_any() else {}
    else:
        _run(saying, event, said, job_facets)
    return saying


def _dataset_event(saying: Saying, dataset: Mapping[str, Any]) -> None:
    found = (dataset["namespace"], dataset["name"])
    name = name_dataset(saying, *found)
    of_dataset = facets_of(dataset, "facets")
    registers = take_registers(saying, of_dataset, "dataset", facets.NOT_OF_DATASET, f"{saying.token}1000000")
    link(saying, registers)
    version = version_of(of_dataset.get("version"))
    saying.datasets[name].merge(DatasetFacts(*found, registers, [version] if version else []))
    take_columns(saying, "dataset", of_dataset.get("columnLineage"), None, found, 0)
    name_only(saying, of_dataset)


def _run(saying: Saying, event: Event, said: Said, job_facets: Mapping[str, Any]) -> None:
    run = event.body["run"]
    namespace = event.body["job"]["namespace"]
    run_id = str(run["runId"])
    saying.run = run_key(run_id, namespace)
    facts = saying.runs[saying.run] = RunFacts(_run_id(run_id), STATES.index(event.type), event.time)
    facts.started = event.time if event.type == "START" else ""
    facts.ended = event.time if event.type in ("COMPLETE", "ABORT", "FAIL") else ""
    facts.said = {saying.job: said}
    run_facets = facets_of(run, "facets")
    parents = {name: run_facets.pop(name, None) for name in ("parent", "parentRun")}
    facts.registers = take_registers(saying, run_facets, "run", (), saying.token)
    _of_job(saying, job_facets, facts)
    for name, facet in parents.items():
        if facet is not None:
            _parent(saying, name, facet, facts)


def _run_id(text: str) -> str:
    lower = text.lower()
    return lower if _UUID.fullmatch(lower) else text


def run_key(run_id: str, job_namespace: str) -> str:
    """Return the key of a run; an id that is not a UUID means something only within its job's namespace."""
    lower = run_id.lower()
    return key("run", lower) if _UUID.fullmatch(lower) else key("run", job_namespace, run_id)


def _of_job(saying: Saying, job_facets: Mapping[str, Any], facts: RunFacts) -> None:
    """Keep with the run what its own events say of its job's code and kind: another run may say otherwise."""
    for name, extract in (("sourceCodeLocation", facets.source_code), ("jobType", facets.job_type)):
        facet = job_facets.get(name)
        if facet is not None:
            value = None if is_deleted(facet) else take(saying, f"job.{name}", extract, facet)
            facts.registers["job:" + name] = [saying.token, value, ""]


def _parent(saying: Saying, name: str, facet: Mapping[str, Any], facts: RunFacts) -> None:
    found = take(saying, f"run.{name}", facets.parent, facet)
    if not found:
        return
    above, parent_job = _stub(saying, *found), job_key(found[1], found[2])
    facts.registers[name] = [saying.token, above, ""]
    if above != saying.run:
        own = saying.jobs[saying.job]
        own.parents = sorted({*own.parents, parent_job})
    root = facet.get("root")
    if isinstance(root, dict):
        found = take(saying, f"run.{name}.root", facets.parent, root)
        if found:
            _stub(saying, *found)


def _stub(saying: Saying, run_id: str, namespace: str, name: str) -> str:
    run, job = run_key(run_id, namespace), job_key(namespace, name)
    stub = RunFacts(_run_id(run_id), stubs=[job])
    if run in saying.runs:
        saying.runs[run].merge(stub)
    else:
        saying.runs[run] = stub
    saying.jobs.setdefault(job, JobFacts(namespace, name))
    return run
