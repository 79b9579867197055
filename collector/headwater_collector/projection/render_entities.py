"""Datasets, their versions, and jobs with their wires as nodes and edges. Pure."""

from collections.abc import Iterable, Mapping
from typing import Final

from headwater_graph.change import Edge, Value
from headwater_graph.keys import column_key, dataset_key, job_key, key
from headwater_graph.vocabulary import OPEN_END

from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.facts.job import JobFacts
from headwater_collector.projection.facts.register import Register
from headwater_collector.projection.facts.version import VersionFacts
from headwater_collector.projection.lineage_facet import jobs_of
from headwater_collector.projection.rendering import EVIDENCE_NAME, Rendering
from headwater_collector.projection.rendering import value_of as _value
from headwater_collector.projection.wiring import ENDED, EVIDENCE, FIRST, LAST, RUNS, Wire

_FEAST: Final = {"feast_featureView": "FeatureView", "feast_featureService": "FeatureService"}


def add_version(
    found: Rendering, version: str, dataset: str, properties: Mapping[str, Value], owner: DatasetFacts
) -> None:
    """Add a version of a dataset."""
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
    add_version(found, version, facts.dataset, properties, owner)
    return found


def version_labels(owner: DatasetFacts) -> tuple[str, ...]:
    """Return the extra labels of a dataset's versions."""
    return ("ModelVersion",) if "Model" in dataset_labels(owner) else ()


def dataset_labels(facts: DatasetFacts) -> tuple[str, ...]:
    """Return the extra labels of a dataset, by its datasetType facet and those of Feast."""
    type_, sub_type = (text.upper() for text in _value(facts.registers, "datasetType") or ("", ""))
    found = {"MODEL": "Model", "FEATURE_VIEW": "FeatureView", "FEATURE_SERVICE": "FeatureService"}.get(type_)
    labels = {found} if found else set()
    labels |= {label for name, label in _FEAST.items() if name in facts.registers and facts.registers[name][2]}
    if type_ in ("SERVICE", "ENDPOINT") or sub_type == "ENDPOINT":
        labels.add("Endpoint")
    if sub_type == "PREDICTIONS":
        labels.add("Predictions")
    return tuple(sorted(labels))


def render_dataset(dataset: str, facts: DatasetFacts | None) -> Rendering:
    """Return a dataset, its other names, tags, and the facets kept of it."""
    found = Rendering()
    if facts is None:
        return found
    type_, sub_type = _value(facts.registers, "datasetType") or (None, None)
    schema = _schema(facts)
    columns, types = schema[1] if schema else (None, None)
    source, uri = _value(facts.registers, "dataSource") or (None, None)
    layer, file_format = _value(facts.registers, "storage") or (None, None)
    catalog, catalog_type = _value(facts.registers, "catalog") or (None, None)
    properties: dict[str, Value] = {
        "namespace": facts.namespace,
        "name": facts.name,
        "type": type_ or None,
        "subType": sub_type or None,
        "description": _value(facts.registers, "documentation"),
        "columns": columns or None,
        "columnTypes": types or None,
        "owners": _value(facts.registers, "ownership") or None,
        "dataSource": source or None,
        "uri": uri or None,
        "storageLayer": layer or None,
        "fileFormat": file_format or None,
        "catalog": catalog or None,
        "catalogType": catalog_type or None,
        "hierarchy": _value(facts.registers, "hierarchy") or None,
    }
    found.node(dataset, properties, dataset_labels(facts))
    for field in facts.columns:
        found.column(facts.namespace, facts.name, field)
    for tag, value, source, field in _value(facts.registers, "tags") or ():
        owner = column_key(facts.namespace, facts.name, field) if field else dataset
        found.tagged(owner, tag, value, source)
    _declared(found, dataset, facts)
    for namespace, name, alias_type in _value(facts.registers, "symlinks") or ():
        other = dataset_key(namespace, name)
        if other != dataset:
            _alias(found, dataset, other, dataset, alias_type)
    for rule, namespace, name in facts.ruled:
        _alias(found, dataset, dataset_key(namespace, name), rule)
    found.kept(dataset, {**facts.registers, "schema": schema or []})
    return found


def _schema(facts: DatasetFacts) -> Register | None:
    """Return the register that the columns come from: what is known in part is better than nothing."""
    whole, used = facts.registers.get("schema"), facts.used_schema
    return next((said for said in (whole, used) if said and said[1] is not None), None)


def _alias(found: Rendering, dataset: str, other: str, said_by: str, type_: str = "") -> None:
    for pair in ((dataset, other), (other, dataset)):
        edge = Edge("ALIAS_OF", *pair, {"saidBy": said_by, "type": type_ or None}, said_by)
        found.edges[edge.identity] = edge


def _declared(found: Rendering, dataset: str, facts: DatasetFacts) -> None:
    """Add the step between a dataset and those that it says to come from, with no job that anybody named."""
    register = facts.registers.get("lineage")
    if not register or not register[1]:
        return
    sources, _ = register[1]
    for namespace, name, _run in jobs_of(register[1]):
        found.flow(job_key(namespace, name), dataset, dataset, register[0], register[0])
    if not sources:
        return
    step, event = key("datasetstep", dataset), register[0][31:-7]
    properties: dict[str, Value] = {
        "evidence": "LINEAGE",
        "firstSeen": register[0][:30],
        "lastSeen": register[0][:30],
        "runs": 0,
        "events": [event, event],
        "endedAt": OPEN_END,
    }
    found.node(step)
    found.edge("HAS_STEP", dataset, step)
    for namespace, name in sources:
        found.edge("FEEDS", dataset_key(namespace, name), step, properties)
    found.edge("PRODUCES", step, dataset, properties)


def render_job(facts: JobFacts | None) -> Rendering:
    """Return a job, its parents, code, tags, what it triggers, and the facets kept of it, without its wires."""
    found = Rendering()
    if facts is None:
        return found
    job = job_key(facts.namespace, facts.name)
    type_, integration, processing, trigger, mode, window = _value(facts.registers, "jobType") or [None] * 6
    query, dialect = _value(facts.registers, "sql") or (None, None)
    properties: dict[str, Value] = {
        "namespace": facts.namespace,
        "name": facts.name,
        "type": type_ or None,
        "integration": integration or None,
        "processing": processing or None,
        "eventTrigger": trigger or None,
        "contentMode": mode or None,
        "windowDuration": window,
        "description": _value(facts.registers, "documentation"),
        "owners": _value(facts.registers, "ownership") or None,
        "sql": query or None,
        "dialect": dialect or None,
        "language": (_value(facts.registers, "sourceCode") or {}).get("language"),
        "dbtId": _value(facts.registers, "dbt_node") or None,
    }
    found.node(job, properties)
    for above in facts.parents:
        found.edge("PART_OF", job, above)
    for tag, value, source, _ in _value(facts.registers, "tags") or ():
        found.tagged(job, tag, value, source)
    found.shared(job, "USED_CODE", "code", _value(facts.registers, "sourceCodeLocation"))
    for name, (_, *attributes) in facts.triggers.items():
        pair = (name[1:], job) if name[0] == "<" else (job, name[1:])
        found.triggers(job, *pair, attributes)
    for (source, target), (first, last) in _flows(facts).items():
        found.flow(source, target, job, first, last)
    found.kept(job, facts.registers)
    return found


def _flows(facts: JobFacts) -> dict[tuple[str, str], tuple[str, str]]:
    """Return first and last token of all that the job says to flow between others, in its runs or in JobEvents."""
    found = {(s, target): (first, last) for target, of in facts.flows.items() for s, (first, last) in of.items()}
    if facts.declared:
        token, declared = facts.declared
        for pair in ((source, target) for target, sources in declared.items() for source in sources):
            first, last = found.get(pair, (token, token))
            found[pair] = min(first, token), max(last, token)
    return found


def render_wires(job: str, wires: Mapping[str, Wire], steps: Iterable[str]) -> Rendering:
    """Return design-level edges of a job and its steps."""
    found = Rendering()
    found.steps(job, {part: key("jobstep", job, part) for part in steps})
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
