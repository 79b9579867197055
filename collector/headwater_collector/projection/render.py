"""Facts as nodes and edges. Pure: the same facts always give the same rendering."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from headwater_graph.change import Edge, Node, Value
from headwater_graph.keys import dataset_key, job_key, key
from headwater_graph.vocabulary import EVIDENCE as EVIDENCE_NAMES

from headwater_collector.projection.facts import (
    STATES,
    Access,
    DatasetFacts,
    JobFacts,
    Register,
    RunFacts,
    Said,
    VersionFacts,
    digest_of,
)
from headwater_collector.projection.structure import Structure, structure
from headwater_collector.projection.touch import Touch, touches
from headwater_collector.projection.wiring import ENDED, EVIDENCE, FIRST, LAST, RUNS, Wire

EVIDENCE_NAME: Final = tuple(EVIDENCE_NAMES)
SHARED: Final = {"code", "environment", "params", "column"}
"""Kinds of nodes that several scopes name: one goes when the last edge to it goes, HAS_COLUMN not counted."""

MAX_RUN_ID: Final = 1000
"""Characters of a run id that its node shows; the key is exact for longer ones."""


@dataclass(slots=True)
class Rendering:
    """Nodes and edges of one scope."""

    nodes: dict[str, Node] = field(default_factory=dict)
    edges: dict[tuple[str, str, str, str], Edge] = field(default_factory=dict)

    def node(self, key: str, properties: Mapping[str, Value] | None = None, labels: tuple[str, ...] = ()) -> None:
        """Add a node."""
        self.nodes[key] = Node(key, properties or {}, labels)

    def edge(self, type_: str, source: str, target: str, properties: Mapping[str, Value] | None = None) -> None:
        """Add an edge of a type that exists once between two nodes."""
        edge = Edge(type_, source, target, properties or {})
        self.edges[edge.identity] = edge

    def facet(self, owner: str, name: str, digest: str, about: str = "", role: str = "") -> str:
        """Add a kept facet, whose JSON is known by its digest; return its key."""
        found = key("facet", owner, role, about, name) if about else key("facet", owner, name)
        self.node(found, {"name": name, "json": digest, "dataset": about or None})
        return found


def render_run(run: str, facts: RunFacts | None, datasets: Mapping[str, DatasetFacts]) -> Rendering:
    """Return a run with its steps, its reads and writes, the versions that only it knows, and what it ran with."""
    found = Rendering()
    if facts is None:
        return found
    found.node(run, _run_properties(facts))
    for job in (*facts.said, *facts.stubs):
        found.edge("RUN_OF", run, job)
    above = facts.registers.get("parent") or facts.registers.get("parentRun")
    if above and above[1] != run:
        found.edge("PART_OF", run, above[1])
    _ran_with(found, run, facts.registers)
    _kept(found, run, facts.registers)
    if facts.said:
        _flow(found, run, facts, datasets)
    return found


def _run_properties(facts: RunFacts) -> dict[str, Value]:
    value = {name: register[1] for name, register in facts.registers.items()}
    nominal = value.get("nominalTime") or ["", ""]
    return {
        "runId": facts.run_id[:MAX_RUN_ID],
        "jobKey": min(facts.said or facts.stubs, default=None),
        "state": STATES[facts.state] if facts.state >= 0 else None,
        "at": facts.at or None,
        "startedAt": facts.started or None,
        "endedAt": facts.ended or None,
        "error": value.get("errorMessage"),
        "nominalStart": nominal[0] or None,
        "nominalEnd": nominal[1] or None,
        "engine": value.get("processing_engine") or None,
        "seeds": value.get("headwater_seeds") or None,
    }


def _ran_with(found: Rendering, run: str, registers: Mapping[str, Register]) -> None:
    value = {name: register[1] for name, register in registers.items()}
    code = {**(value.get("job:sourceCodeLocation") or {}), **(value.get("headwater_codeState") or {})}
    _shared(found, run, "USED_CODE", "code", code)
    _shared(found, run, "RAN_IN", "environment", value.get("headwater_environment"))
    params = value.get("executionParameters")
    _shared(found, run, "WITH_PARAMS", "params", {"params": params} if params else None)
    for name, number, split, step in value.get("headwater_metrics") or ():
        metric = key("metric", run, name, split, "" if step is None else str(step))
        found.node(metric, {"name": name, "value": number, "split": split or None, "step": step})
        found.edge("MEASURED", run, metric)


def _shared(found: Rendering, run: str, type_: str, kind: str, properties: Mapping[str, Value] | None) -> None:
    if not properties:
        return
    content = key(kind, digest_of(orjson.dumps(properties, option=orjson.OPT_SORT_KEYS)))
    found.node(content, properties)
    found.edge(type_, run, content)


def _kept(found: Rendering, owner: str, registers: Mapping[str, Register]) -> None:
    for name, register in registers.items():
        if len(register) > 2 and register[2]:
            found.edge("HAS_FACET", owner, found.facet(owner, name, register[2]))


def _flow(found: Rendering, run: str, facts: RunFacts, datasets: Mapping[str, DatasetFacts]) -> None:
    whole = facts.whole()
    wires = structure(whole)
    parts = {"": run, **{digest: key("runstep", run, digest) for digest in wires.steps()}}
    _steps(found, run, parts)
    written = _versions(found, run, facts, datasets)
    _reads(found, facts, whole, wires, parts)
    for (part, dataset), evidence in wires.writes.items():
        for version in written[dataset]:
            found.edge("WROTE", parts[part], version, {"evidence": EVIDENCE_NAME[evidence]})
    for dataset, access in whole.outputs.items():
        for name, register in access.facets.items():
            facet = found.facet(run, name, register[1], dataset, "out")
            for version in written[dataset]:
                found.edge("HAS_FACET", version, facet)
        if not _outdated(access, whole.inputs.get(dataset)):
            _checks(found, run, facts, dataset, access.checks, written[dataset])
    for dataset, access in whole.inputs.items():
        for name, register in access.facets.items():
            found.edge("HAS_FACET", run, found.facet(run, name, register[1], dataset, "in"))
        output = whole.outputs.get(dataset)
        if not output or not output.checks or _outdated(output, access):
            bound = [version for version, _, _ in facts.bound.get(dataset, ())]
            _checks(found, run, facts, dataset, access.checks, bound)


def _outdated(output: Access, of_input: Access | None) -> bool:
    """Return whether checks of the same dataset as an input were said later."""
    return bool(of_input and of_input.checks and (not output.checks or of_input.checks[0] > output.checks[0]))


def _steps(found: Rendering, owner: str, parts: Mapping[str, str]) -> None:
    for digest, step in parts.items():
        if digest:
            found.node(step)
            found.edge("HAS_STEP", owner, step)


def _reads(found: Rendering, facts: RunFacts, whole: Said, wires: Structure, parts: Mapping[str, str]) -> None:
    roles = {dataset: access.role[1] for dataset, access in whole.inputs.items() if access.role}
    reads = [
        (inferred, named, evidence, dataset, version, part)
        for (part, dataset), evidence in wires.reads.items()
        for version, inferred, named in facts.bound[dataset]
    ]
    # Two names of one dataset may be bound to one version: what is said best of it is said last.
    for inferred, named, evidence, dataset, version, part in sorted(reads, reverse=True):
        properties: dict[str, Value] = {
            "evidence": EVIDENCE_NAME[evidence],
            "inferred": inferred,
            "namedVersion": named or None,
            "role": roles.get(dataset) or None,
        }
        found.edge("READ_BY", version, parts[part], properties)


def _checks(
    found: Rendering, run: str, facts: RunFacts, dataset: str, checks: Register | None, versions: Iterable[str]
) -> None:
    for assertion, column, success, severity, expected, actual in checks[1] if checks else ():
        name = key("assertion", run, dataset, assertion, column)
        properties: dict[str, Value] = {
            "name": assertion,
            "column": column or None,
            "success": success,
            "severity": severity or None,
            "expected": expected or None,
            "actual": actual or None,
            "runId": facts.run_id,
        }
        found.node(name, properties)
        for version in versions:
            found.edge("CHECKED", name, version)


def _versions(
    found: Rendering, run: str, facts: RunFacts, datasets: Mapping[str, DatasetFacts]
) -> dict[str, list[str]]:
    """Add the versions that only this run knows; return the keys of all that it wrote, by dataset."""
    written: dict[str, list[str]] = {}
    for dataset, touch in touches(facts).items():
        owner = datasets[dataset]
        if touch.writes is not None:
            written[dataset] = [key("version", owner.namespace, owner.name, "v", v) for v in touch.writes]
            if not touch.writes:
                own = key("version", owner.namespace, owner.name, "run", run)
                written[dataset] = [own]
                _own_version(found, own, dataset, touch, owner)
        unknown = key("version", owner.namespace, owner.name, "unknown", run)
        if any(version == unknown for version, _, _ in facts.bound.get(dataset, ())):
            _version(found, unknown, dataset, {"source": "UNKNOWN"}, owner)
    return written


def _own_version(found: Rendering, own: str, dataset: str, touch: Touch, owner: DatasetFacts) -> None:
    _version(found, own, dataset, {"source": "RUN", "writtenAt": touch.written_at, "failed": not touch.ok}, owner)


def _version(
    found: Rendering, version: str, dataset: str, properties: Mapping[str, Value], owner: DatasetFacts
) -> None:
    found.node(version, {"datasetKey": dataset, **properties}, version_labels(owner))
    found.edge("VERSION_OF", version, dataset)


def render_version(version: str, facts: VersionFacts | None, owner: DatasetFacts) -> Rendering:
    """Return a version that somebody named; nothing if its readers are bound to another one."""
    found = Rendering()
    if facts is None or not facts.stands():
        return found
    ok = facts.written()
    written = ok or min((at for at, _ in facts.writers.values()), default="")
    properties: dict[str, Value] = {
        "version": facts.version,
        "source": "EXPLICIT",
        "writtenAt": written or None,
        "failed": not ok if written else None,
    }
    _version(found, version, facts.dataset, properties, owner)
    return found


def version_labels(owner: DatasetFacts) -> tuple[str, ...]:
    """Return the extra labels of a dataset's versions."""
    return ("ModelVersion",) if "Model" in dataset_labels(owner) else ()


def dataset_labels(facts: DatasetFacts) -> tuple[str, ...]:
    """Return the extra labels of a dataset, by its datasetType facet."""
    type_, sub_type = (text.upper() for text in _value(facts.registers, "datasetType") or ("", ""))
    found = {"MODEL": "Model", "FEATURE_VIEW": "FeatureView", "FEATURE_SERVICE": "FeatureService"}.get(type_)
    labels = [found] if found else []
    if type_ in ("SERVICE", "ENDPOINT") or sub_type == "ENDPOINT":
        labels.append("Endpoint")
    if sub_type == "PREDICTIONS":
        labels.append("Predictions")
    return tuple(sorted(labels))


def render_dataset(dataset: str, facts: DatasetFacts | None) -> Rendering:
    """Return a dataset, its other names and the facets kept of it."""
    found = Rendering()
    if facts is None:
        return found
    type_, sub_type = _value(facts.registers, "datasetType") or (None, None)
    columns, types = _value(facts.registers, "schema") or (None, None)
    properties: dict[str, Value] = {
        "namespace": facts.namespace,
        "name": facts.name,
        "type": type_ or None,
        "subType": sub_type or None,
        "description": _value(facts.registers, "documentation"),
        "columns": columns or None,
        "columnTypes": types or None,
        "owners": _value(facts.registers, "ownership") or None,
    }
    found.node(dataset, properties, dataset_labels(facts))
    for namespace, name, alias_type in _value(facts.registers, "symlinks") or ():
        other = dataset_key(namespace, name)
        if other != dataset:
            for pair in ((dataset, other), (other, dataset)):
                edge = Edge("ALIAS_OF", *pair, {"saidBy": dataset, "type": alias_type or None}, dataset)
                found.edges[edge.identity] = edge
    _kept(found, dataset, facts.registers)
    return found


def render_job(facts: JobFacts | None) -> Rendering:
    """Return a job, its parents and the facets kept of it; its wires are `render_wires`."""
    found = Rendering()
    if facts is None:
        return found
    job = job_key(facts.namespace, facts.name)
    type_, integration, processing = _value(facts.registers, "jobType") or (None, None, None)
    properties: dict[str, Value] = {
        "namespace": facts.namespace,
        "name": facts.name,
        "type": type_ or None,
        "integration": integration or None,
        "processing": processing or None,
        "description": _value(facts.registers, "documentation"),
        "owners": _value(facts.registers, "ownership") or None,
    }
    found.node(job, properties)
    for above in facts.parents:
        found.edge("PART_OF", job, above)
    _kept(found, job, facts.registers)
    return found


def render_wires(job: str, wires: Mapping[str, Wire], steps: Iterable[str]) -> Rendering:
    """Return design-level edges of a job and its steps."""
    found = Rendering()
    _steps(found, job, {part: key("jobstep", job, part) for part in steps})
    for name, each in wires.items():
        part, _, dataset = name[1:].partition(" ")
        owner = key("jobstep", job, part) if part else job
        type_, source, target = ("FEEDS", dataset, owner) if name[0] == "F" else ("PRODUCES", owner, dataset)
        found.edge(type_, source, target, _wired(each))
    return found


def _wired(each: Wire) -> dict[str, Value]:
    first, last = each[FIRST], each[LAST]
    return {
        "evidence": EVIDENCE_NAME[each[EVIDENCE]],
        "firstSeen": first[:30],
        "lastSeen": last[:30],
        "runs": each[RUNS],
        "events": [first[31:], last[31:]],
        "endedAt": each[ENDED],
    }


def _value(registers: Mapping[str, Register], name: str) -> Any:
    register = registers.get(name)
    return register[1] if register else None
