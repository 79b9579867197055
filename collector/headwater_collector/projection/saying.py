"""What one event says, as facts of the scopes that it speaks of. Pure: the same event always says the same."""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, Literal

import orjson
from headwater_graph.keys import dataset_key, job_key, key

from headwater_collector.event import Event, EventKind
from headwater_collector.projection import facets
from headwater_collector.projection.columns import EMPTY, shape_of
from headwater_collector.projection.facets import Extractor, Malformed
from headwater_collector.projection.facts import (
    STATES,
    Access,
    ColumnFacts,
    DatasetFacts,
    JobFacts,
    Register,
    RunFacts,
    Said,
    digest_of,
    merge_registers,
)

_RANK: Final = {"START": "1", "OTHER": "2", "RUNNING": "3", "COMPLETE": "4", "ABORT": "5", "FAIL": "6", "": "0"}
Level = Literal["dataset", "job", "run"]
_EXTRACTORS: Final = {"dataset": facets.DATASET, "job": facets.JOB, "run": facets.RUN}
MEMO_BYTES: Final = 20_000
"""Facets up to this size are remembered."""

_UUID: Final = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(slots=True)
class Saying:
    """All that one event says: facts by key of their scope, and the contents that they name by digest."""

    token: str
    run: str = ""
    job: str = ""
    runs: dict[str, RunFacts] = field(default_factory=dict)
    jobs: dict[str, JobFacts] = field(default_factory=dict)
    datasets: dict[str, DatasetFacts] = field(default_factory=dict)
    columns: dict[str, ColumnFacts] = field(default_factory=dict)
    shapes: dict[str, str] = field(default_factory=dict)
    """Contents of columnLineage facets, by digest."""
    contents: dict[str, str] = field(default_factory=dict)
    """JSON of kept facets, by digest."""
    warnings: list[str] = field(default_factory=list)


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
    job_facets = _facets(saying, job, "facets", "job")
    facts.registers = _registers(saying, job_facets, "job", {"lineage"}, saying.token)
    for role in ("inputs", "outputs"):
        for position, dataset in enumerate(_list(event.body.get(role))):
            _access(saying, said, role, position, dataset)
    _lineage_of_job(saying, job_facets.get("lineage"), said)
    _indirect_inputs(saying, said)
    if event.kind is EventKind.JOB:
        for access in (*said.inputs.values(), *said.outputs.values()):
            access.facets, access.checks, access.role = {}, None, None
        facts.events = {saying.token: said} if said.names_any() else {}
    else:
        _run(saying, event, said, job_facets)
    return saying


def run_key(run_id: str, job_namespace: str) -> str:
    """Return the key of a run; an id that is not a UUID means something only within its job's namespace."""
    lower = run_id.lower()
    return key("run", lower) if _UUID.fullmatch(lower) else key("run", job_namespace, run_id)


def _run_id(text: str) -> str:
    lower = text.lower()
    return lower if _UUID.fullmatch(lower) else text


def _run(saying: Saying, event: Event, said: Said, job_facets: Mapping[str, Any]) -> None:
    run = event.body["run"]
    namespace = event.body["job"]["namespace"]
    run_id = str(run["runId"])
    saying.run = run_key(run_id, namespace)
    facts = saying.runs[saying.run] = RunFacts(_run_id(run_id), STATES.index(event.type), event.time)
    facts.started = event.time if event.type == "START" else ""
    facts.ended = event.time if event.type in ("COMPLETE", "ABORT", "FAIL") else ""
    facts.said = {saying.job: said}
    run_facets = _facets(saying, run, "facets", "run")
    parents = {name: run_facets.pop(name, None) for name in ("parent", "parentRun")}
    facts.registers = _registers(saying, run_facets, "run", (), saying.token)
    _of_job(saying, job_facets, facts)
    for name, facet in parents.items():
        if facet is not None:
            _parent(saying, name, facet, facts)


def _of_job(saying: Saying, job_facets: Mapping[str, Any], facts: RunFacts) -> None:
    """Keep with the run what its own events say of its job's code and kind: another run may say otherwise."""
    for name, extract in (("sourceCodeLocation", facets.source_code), ("jobType", facets.job_type)):
        facet = job_facets.get(name)
        if facet is not None:
            value = None if _is_deleted(facet) else _extract(saying, f"job.{name}", extract, facet)
            facts.registers["job:" + name] = [saying.token, value, ""]


def _parent(saying: Saying, name: str, facet: Mapping[str, Any], facts: RunFacts) -> None:
    found = _extract(saying, f"run.{name}", facets.parent, facet)
    if not found:
        return
    above, parent_job = _stub(saying, *found), job_key(found[1], found[2])
    facts.registers[name] = [saying.token, above, ""]
    if above != saying.run:
        own = saying.jobs[saying.job]
        own.parents = sorted({*own.parents, parent_job})
    root = facet.get("root")
    if isinstance(root, dict):
        found = _extract(saying, f"run.{name}.root", facets.parent, root)
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


def _access(saying: Saying, said: Said, role: str, position: int, dataset: Any) -> None:
    where = f"{role}[{position}]"
    found = _name(dataset)
    if not found:
        saying.warnings.append(f"{where}: no namespace and name; this dataset is left out")
        return
    is_output = role == "outputs"
    accesses = said.outputs if is_output else said.inputs
    name = _dataset(saying, *found)
    of_dataset = _facets(saying, dataset, "facets", where)
    of_role = _facets(saying, dataset, "outputFacets" if is_output else "inputFacets", where)
    access = Access(saying.token, saying.token, True)
    version = _version(of_dataset.get("version"))
    access.versions = [version] if version else []
    if is_output:
        if "headwater_model" in of_dataset:
            of_role.setdefault("headwater_model", of_dataset.pop("headwater_model"))
        _columns(saying, where, of_dataset.get("columnLineage"), access, found, position)
        _lineage(saying, said, name, of_dataset.get("lineage"))
    else:
        _name_only(saying, of_dataset)
        access.role = _register(saying, where, facets.input_role, of_role.pop("headwater_inputRole", None))
        access.checks = _register(saying, where, facets.assertions, of_role.pop("dataQualityAssertions", None))
    if access.checks is None:
        checks = of_dataset.get("dataQualityAssertions")
        access.checks = _register(saying, where, facets.assertions, checks)
    access.facets = {n: [saying.token, _keep(saying, f)] for n, f in of_role.items() if not _is_deleted(f)}
    order = f"{saying.token}{int(is_output)}{position:06d}"
    registers = _registers(saying, of_dataset, "dataset", facets.NOT_OF_DATASET, order)
    _link(saying, registers)
    merge_registers(saying.datasets[name].registers, registers)
    if name in accesses:
        accesses[name].merge(access)
        _prefer_last(accesses[name], access)
    else:
        accesses[name] = access


def _prefer_last(mine: Access, again: Access) -> None:
    """Let the later of two entries for one dataset in one event decide: their tokens are equal."""
    mine.role = again.role or mine.role
    mine.columns = again.columns or mine.columns
    mine.checks = again.checks or mine.checks
    mine.facets.update(again.facets)


def _columns(
    saying: Saying, where: str, facet: Any, access: Access | None, output: tuple[str, str], position: int
) -> None:
    if facet is None:
        return
    shape = EMPTY
    if not _is_deleted(facet):
        try:
            shape = shape_of(facet)
        except Malformed as error:
            saying.warnings.append(f"{where}.columnLineage: {error}; this facet is left out")
            return
    token = f"{saying.token}{position:06d}"
    saying.shapes[shape.digest] = shape.text
    said = ColumnFacts(saying.job, *output, {shape.digest: [token, token]})
    name = key("columns", saying.job, dataset_key(*output))
    if name in saying.columns:
        saying.columns[name].merge(said)
    else:
        saying.columns[name] = said
    names = [_dataset(saying, *found) for found in shape.datasets]
    if access:
        access.columns = [saying.token, names]


def _lineage(saying: Saying, said: Said, output: str, entry: Any) -> None:
    """Take in what a lineage facet 1-0-0, or an entry of one, says of an output."""
    if not isinstance(entry, dict) or _is_deleted(entry):
        return
    names = _lineage_inputs(saying, entry)
    if names is None:
        saying.warnings.append("lineage: inputs must be a list and fields an object; this facet is left out")
    else:
        said.lineage[output] = sorted({*said.lineage.get(output, ()), *names})


def _lineage_of_job(saying: Saying, facet: Any, said: Said) -> None:
    for entry in _list(facet.get("entries")) if isinstance(facet, dict) and not _is_deleted(facet) else ():
        found = _name(entry)
        if found and entry.get("type") == "DATASET":
            _lineage(saying, said, _dataset(saying, *found), entry)


def _lineage_inputs(saying: Saying, entry: Mapping[str, Any]) -> list[str] | None:
    inputs, fields = entry.get("inputs"), entry.get("fields")
    if not isinstance(inputs, list | None) or not isinstance(fields, dict | None):
        return None
    lists = [inputs, *(f.get("inputs") for f in (fields or {}).values() if isinstance(f, dict))]
    names = [_name(i) for each in lists for i in _list(each) if isinstance(i, dict) and i.get("type") == "DATASET"]
    return sorted({_dataset(saying, *name) for name in names if name})


def _indirect_inputs(saying: Saying, said: Said) -> None:
    """List as inputs, though not stated, the datasets that lineage facets of outputs name."""
    by_columns = [access.columns[1] for access in said.outputs.values() if access.columns]
    for names in (*by_columns, *said.lineage.values()):
        for name in names:
            if name not in said.inputs:
                said.inputs[name] = Access(saying.token, saying.token, False)


def _name_only(saying: Saying, of_dataset: Mapping[str, Any]) -> None:
    """Take note of the datasets that lineage facets name where they decide nothing: on inputs and DatasetEvents."""
    facet = of_dataset.get("columnLineage")
    if facet is not None and not _is_deleted(facet):
        with suppress(Malformed):
            for found in shape_of(facet).datasets:
                _dataset(saying, *found)
    lineage = of_dataset.get("lineage")
    if lineage is not None and not _is_deleted(lineage):
        _lineage_inputs(saying, lineage)


def _dataset_event(saying: Saying, dataset: Mapping[str, Any]) -> None:
    found = (dataset["namespace"], dataset["name"])
    name = _dataset(saying, *found)
    of_dataset = _facets(saying, dataset, "facets", "dataset")
    registers = _registers(saying, of_dataset, "dataset", facets.NOT_OF_DATASET, f"{saying.token}1000000")
    _link(saying, registers)
    version = _version(of_dataset.get("version"))
    saying.datasets[name].merge(DatasetFacts(*found, registers, [version] if version else []))
    _columns(saying, "dataset", of_dataset.get("columnLineage"), None, found, 0)
    _name_only(saying, of_dataset)


def _link(saying: Saying, registers: Mapping[str, Register]) -> None:
    for namespace, name, _ in registers["symlinks"][1] or () if "symlinks" in registers else ():
        _dataset(saying, namespace, name)


def _dataset(saying: Saying, namespace: str, name: str) -> str:
    found = dataset_key(namespace, name)
    if found not in saying.datasets:
        saying.datasets[found] = DatasetFacts(namespace, name)
    return found


def _name(value: Any) -> tuple[str, str] | None:
    if not isinstance(value, dict):
        return None
    namespace, name = value.get("namespace"), value.get("name")
    filled = isinstance(namespace, str) and namespace and isinstance(name, str) and name
    return (namespace, name) if filled else None  # type: ignore[return-value]


def _version(facet: Any) -> str:
    value = facet.get("datasetVersion") if isinstance(facet, dict) and not _is_deleted(facet) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)


def _facets(saying: Saying, owner: Mapping[str, Any], field_name: str, where: str) -> dict[str, Any]:
    found = owner.get(field_name)
    if not isinstance(found, dict):
        return {}
    odd = [name for name, facet in found.items() if not isinstance(facet, dict)]
    if not odd:
        return dict(found)
    saying.warnings += [f"{where}.{field_name}.{name}: not an object; this facet is left out" for name in odd]
    return {name: facet for name, facet in found.items() if name not in odd}


def _registers(
    saying: Saying, found: Mapping[str, Any], level: Level, without: Collection[str], order: str
) -> dict[str, Register]:
    """Return the registers ``[order, value, digest]``: the value that is projected, the digest of what is kept."""
    registers: dict[str, Register] = {}
    for name, facet in found.items():
        if name in without:
            continue
        if level != "run" and _is_deleted(facet):
            registers[name] = [order, None, ""]
            continue
        raw = orjson.dumps(facet)
        taken = (_taken if len(raw) < MEMO_BYTES else _taken.__wrapped__)(level, name, raw)
        if taken.problem:
            saying.warnings.append(f"{name}: {taken.problem}; this facet is left out")
            continue
        if taken.digest:
            saying.contents[taken.digest] = taken.text
        registers[name] = [order, taken.value, taken.digest]
    return registers


@dataclass(frozen=True, slots=True)
class _Taken:
    """What is taken of one facet: its value as projected, and its content if that is kept."""

    value: Any
    digest: str = ""
    text: str = ""
    problem: str = ""


@lru_cache(maxsize=16384)
def _taken(level: Level, name: str, raw: bytes) -> _Taken:
    # Producers send the same facet with every event: what is taken of it is a function of its bytes.
    facet = orjson.loads(raw)
    extract = _EXTRACTORS[level].get(name)
    value = None
    if extract:
        try:
            value = extract(facet)
        except Malformed as error:
            return _Taken(None, problem=str(error))
        keeps = facets.ALSO_KEPT.get(name)
        if keeps is None or not keeps(facet):
            return _Taken(value)
    text = orjson.dumps(facet, option=orjson.OPT_SORT_KEYS)
    return _Taken(value, digest_of(text), text.decode())


def _register(saying: Saying, where: str, extract: Extractor, facet: Any) -> Register | None:
    if facet is None or _is_deleted(facet):
        return None
    value = _extract(saying, where, extract, facet)
    return None if value is None else [saying.token, value]


def _extract(saying: Saying, name: str, extract: Extractor, facet: Any) -> Any:
    try:
        return extract(facet)
    except Malformed as error:
        saying.warnings.append(f"{name}: {error}; this facet is left out")
        return None


def _keep(saying: Saying, facet: Any) -> str:
    text = orjson.dumps(facet, option=orjson.OPT_SORT_KEYS)
    digest = digest_of(text)
    saying.contents[digest] = text.decode()
    return digest


def _is_deleted(facet: Any) -> bool:
    return isinstance(facet, dict) and facet.get("_deleted") is True


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
