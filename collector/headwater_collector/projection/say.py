"""What one event says, as facts of the scopes that it speaks of. Pure: the same event always says the same."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from headwater_graph.keys import job_key

from headwater_collector.event import Event, EventKind
from headwater_collector.projection import explicit_lineage, job_facets
from headwater_collector.projection.access_registers import of_accesses
from headwater_collector.projection.accesses import (
    list_indirect_inputs,
    name_only,
    take_access,
    take_columns,
    take_of_dataset,
    version_of,
)
from headwater_collector.projection.facts.access import STATEMENT
from headwater_collector.projection.facts.flows import said_once
from headwater_collector.projection.facts.job import JobFacts
from headwater_collector.projection.facts.run import STATES, RunFacts
from headwater_collector.projection.facts.said import Said
from headwater_collector.projection.fate_table import fate_of, no_registers
from headwater_collector.projection.relatives import (
    PARENTS,
    name_dependencies,
    run_id_of,
    run_key,
    take_parents,
    trigger,
)
from headwater_collector.projection.saying import (
    Saying,
    facets_of,
    is_deleted,
    keep_more,
    listed,
    name_dataset,
    take,
    take_registers,
)
from headwater_collector.projection.schema_facet import changes_some
from headwater_collector.projection.statement import replaced

_RANK: Final = {"START": "1", "OTHER": "2", "RUNNING": "3", "COMPLETE": "4", "ABORT": "5", "FAIL": "6", "": "0"}

_OF_RUN: Final = (
    ("sourceCodeLocation", job_facets.code_location),
    ("sourceCode", job_facets.source_code),
    ("jobType", job_facets.job_type),
)
"""Job facets that are registers of the run as well: another run may say otherwise."""


def say(event: Event) -> Saying:
    """Return what the event says."""
    saying = Saying(f"{event.time}{_RANK[event.type]}{event.id}")
    if event.kind is EventKind.DATASET:
        _dataset_event(saying, event.body["dataset"])
        return saying
    said = Said()
    job = event.body["job"]
    saying.job = job_key(job["namespace"], job["name"])
    if event.kind is EventKind.RUN:
        saying.run = run_key(str(event.body["run"]["runId"]), job["namespace"])
        run_facets = facets_of(event.body["run"], "facets")
        saying.changes_some = changes_some(run_facets)
    facts = saying.jobs[saying.job] = JobFacts(job["namespace"], job["name"])
    of_job = facets_of(job, "facets")
    facts.registers = take_registers(saying, of_job, "job", (), saying.token)
    for role in ("inputs", "outputs"):
        for position, dataset in enumerate(listed(event.body.get(role))):
            take_access(saying, said, role, position, dataset)
    explicit_lineage.take_job(saying, said, (job["namespace"], job["name"]), of_job.get("lineage"))
    list_indirect_inputs(saying, said)
    _flows(saying, facts)
    if event.kind is EventKind.JOB:
        facts.events = {saying.token: said} if said.names_any() else {}
        facts.registers |= of_accesses(said, saying.token)
    else:
        _run(saying, event, said, of_job, run_facets)
        _statement(saying, said, of_job.get("sql"))
    return saying


def _statement(saying: Saying, said: Said, sql: Any) -> None:
    """Note with the output of a run, if it is the only one, what the run's statement replaces of it."""
    query = sql.get("query") if sql and not is_deleted(sql) else None
    if isinstance(query, str) and len(said.outputs) == 1:
        (access,) = said.outputs.values()
        access.told[STATEMENT] = [saying.token, replaced(query)]


def _flows(saying: Saying, facts: JobFacts) -> None:
    """Note what the job says to flow between others: what its runs say adds up, a JobEvent replaces the one before."""
    if saying.flows is None:
        return
    if saying.run:
        facts.flows = said_once(saying.flows, saying.token)
    else:
        said = {**saying.flows, **saying.run_flows}
        facts.declared = [saying.token, {target: sorted(sources) for target, sources in said.items()}]


def _dataset_event(saying: Saying, dataset: Mapping[str, Any]) -> None:
    found = (dataset["namespace"], dataset["name"])
    name = name_dataset(saying, *found)
    of_dataset = facets_of(dataset, "facets")
    registers = take_registers(saying, of_dataset, "dataset", no_registers("dataset", False), f"{saying.token}1000000")
    take_of_dataset(saying, name, registers)
    version = version_of(of_dataset.get("version"))
    saying.datasets[name].versions = [version] if version else []
    shape = take_columns(saying, "dataset", of_dataset.get("columnLineage"), None, found, 0)
    if shape is not None:
        _keep_more(saying, name, "columnLineage", of_dataset["columnLineage"], more=shape.more)
    if "version" in of_dataset:
        _keep_more(saying, name, "version", of_dataset["version"])
    if "lineage" in registers:
        explicit_lineage.name_sources(saying, name, registers["lineage"][1] or [[], []])
        explicit_lineage.take_columns(saying, found, of_dataset["lineage"])
    name_only(saying, of_dataset)


def _keep_more(saying: Saying, dataset: str, name: str, facet: Any, *, more: bool = False) -> None:
    kept = keep_more(saying, fate_of("dataset", name), facet, more=more)
    saying.datasets[dataset].registers[name] = [f"{saying.token}1000000", None, kept]


def _run(saying: Saying, event: Event, said: Said, of_job: Mapping[str, Any], run_facets: Mapping[str, Any]) -> None:
    run = event.body["run"]
    facts = RunFacts(run_id_of(str(run["runId"])), STATES.index(event.type), event.time)
    if saying.run in saying.runs:  # its lineage facet names the run as one of another job, too
        facts.stubs = saying.runs[saying.run].stubs
    saying.runs[saying.run] = facts
    facts.last = event.time
    facts.started = event.time if event.type == "START" else ""
    facts.ended = event.time if event.type in ("COMPLETE", "ABORT", "FAIL") else ""
    facts.said = {saying.job: said}
    facts.flows = said_once(saying.run_flows, saying.token)
    facts.registers = take_registers(saying, run_facets, "run", PARENTS, saying.token)
    _of_job(saying, of_job, facts)
    _window(saying, said, facts)
    name_dependencies(saying, facts.registers)
    trigger(saying, facts.registers)
    take_parents(saying, run_facets)


def _of_job(saying: Saying, of_job: Mapping[str, Any], facts: RunFacts) -> None:
    """Keep with the run what its own events say of its job's code and kind."""
    for name, extract in _OF_RUN:
        facet = of_job.get(name)
        if facet is not None:
            value = None if is_deleted(facet) else take(saying, f"job.{name}", extract, facet)
            facts.of_job[name] = [saying.token, value, ""]


def _window(saying: Saying, said: Said, facts: RunFacts) -> None:
    """Note an event that tells the whole of a window of a stream: nothing before it counts for the design."""
    kind = facts.of_job.get("jobType")
    if kind and kind[1] and kind[1][4].upper() == "COMPLETE_SNAPSHOT" and said.names_any():
        facts.windows = {saying.job: (saying.token, deepcopy(said))}
