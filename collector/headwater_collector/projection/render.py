"""A run as nodes and edges: its steps, reads and writes, and what it ran with. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from headwater_graph.change import Edge, Value
from headwater_graph.keys import column_key, key

from headwater_collector.projection.access_facets import EXPECTATIONS
from headwater_collector.projection.facts import STATES, Access, DatasetFacts, Register, RunFacts, Said
from headwater_collector.projection.relatives import run_key
from headwater_collector.projection.render_entities import add_version
from headwater_collector.projection.rendering import EVIDENCE_NAME, Rendering, value_of
from headwater_collector.projection.structure import Structure, structure
from headwater_collector.projection.touch import Touch, touches

MAX_RUN_ID: Final = 1000
"""Characters of a run id that its node shows; the key is exact for longer ones."""


def render_run(run: str, facts: RunFacts | None, datasets: Mapping[str, DatasetFacts]) -> Rendering:
    """Return a run with its steps, its reads and writes, the versions that only it knows, and what it ran with."""
    found = Rendering()
    if facts is None:
        return found
    found.node(run, _run_properties(facts))
    for job in (*facts.said, *facts.stubs):
        found.edge("RUN_OF", run, job)
    _relatives(found, run, facts.registers)
    _ran_with(found, run, facts.registers)
    _tests(found, run, facts)
    found.kept(run, facts.registers)
    if facts.said:
        _flow(found, run, facts, datasets)
    return found


def _relatives(found: Rendering, run: str, registers: Mapping[str, Register]) -> None:
    above = registers.get("parent") or registers.get("parentRun")
    for type_, other in zip(("PART_OF", "HAS_ROOT"), above[1] if above else (), strict=False):
        if other and other != run:
            found.edge(type_, run, other)
    for direction, namespace, _, run_id, *attributes in value_of(registers, "jobDependencies") or ():
        other = run_key(run_id, namespace)
        if run_id and other != run:
            found.triggers(run, *((other, run) if direction == "<" else (run, other)), attributes)


def _run_properties(facts: RunFacts) -> dict[str, Value]:
    value = {name: register[1] for name, register in facts.registers.items()}
    nominal = value.get("nominalTime") or ["", ""]
    attempt, mapped, dag_run = value.get("airflow") or (None, None, None)
    return {
        "runId": facts.run_id[:MAX_RUN_ID],
        "jobKey": min(facts.said or facts.stubs, default=None),
        "state": STATES[facts.state] if facts.state >= 0 else None,
        "at": facts.at or None,
        "startedAt": facts.started or None,
        "endedAt": facts.ended or None,
        "lastEventAt": facts.last or None,
        "error": value.get("errorMessage", value.get("spark.exception")) or None,
        "extractionErrors": value.get("extractionError"),
        "externalQuery": value.get("externalQuery") or None,
        "nominalStart": nominal[0] or None,
        "nominalEnd": nominal[1] or None,
        "engine": value.get("processing_engine") or None,
        "environmentVariables": value.get("environmentVariables") or None,
        "seeds": value.get("headwater_seeds") or None,
        "tryNumber": attempt,
        "mapIndex": mapped,
        "dagRunId": dag_run or None,
    }


def _ran_with(found: Rendering, run: str, registers: Mapping[str, Register]) -> None:
    value = {name: register[1] for name, register in registers.items()}
    code = value.get("job:sourceCodeLocation")
    code = value.get("job:sourceCode") if code is None else code
    found.shared(run, "USED_CODE", "code", {**(code or {}), **(value.get("headwater_codeState") or {})})
    found.shared(run, "RAN_IN", "environment", value.get("headwater_environment"))
    params = value.get("executionParameters")
    found.shared(run, "WITH_PARAMS", "params", {"params": params} if params else None)
    for tag, of_tag, source, _ in value.get("tags") or ():
        found.tagged(run, tag, of_tag, source)
    for name, number, split, step in value.get("headwater_metrics") or ():
        metric = key("metric", run, name, split, "" if step is None else str(step))
        found.node(metric, {"name": name, "value": number, "split": split or None, "step": step})
        found.edge("MEASURED", run, metric)


def _tests(found: Rendering, run: str, facts: RunFacts) -> None:
    names = ("status", "severity", "expected", "actual", "type")
    for name, success, *rest in value_of(facts.registers, "test") or ():
        outcome = {part: value or None for part, value in zip(names, rest, strict=True)}
        test = key("assertion", run, "test", name)
        found.node(test, {"name": name, "success": success, **outcome, "runId": facts.run_id})
        found.edge("REPORTED", run, test)


def _flow(found: Rendering, run: str, facts: RunFacts, datasets: Mapping[str, DatasetFacts]) -> None:
    whole = facts.whole()
    wires = structure(whole)
    parts = {"": run, **{digest: key("runstep", run, digest) for digest in wires.steps()}}
    found.steps(run, parts)
    written = _versions(found, run, facts, datasets)
    _reads(found, facts, whole, wires, parts)
    for (part, dataset), evidence in wires.writes.items():
        carries = touches(facts)[dataset].carries or None
        properties = {"evidence": EVIDENCE_NAME[evidence], "carries": carries, **_written(whole.outputs[dataset])}
        for version in written[dataset]:
            found.edge("WROTE", parts[part], version, properties)
    for dataset, access in whole.outputs.items():
        for name, digest in _kept(access):
            facet = found.facet(run, name, digest, dataset, "out")
            for version in written[dataset]:
                found.edge("HAS_FACET", version, facet)
    for dataset, access in whole.inputs.items():
        for name, digest in _kept(access):
            found.edge("HAS_FACET", run, found.facet(run, name, digest, dataset, "in"))
    _carried(found, run, facts, written)
    _quality(found, run, facts, datasets, written)


def _kept(access: Access) -> Iterator[tuple[str, str]]:
    for name, register in access.facets.items():
        if register[1]:
            yield name, register[1]
    for name, register in access.told.items():
        if len(register) > 2:
            yield name, register[2]


def _written(access: Access) -> dict[str, Value]:
    change = value_of(access.told, "lifecycleStateChange")
    return {"change": change[0] if change else None, **_extent(access, "outputStatistics")}


def _carried(found: Rendering, run: str, facts: RunFacts, written: Mapping[str, Iterable[str]]) -> None:
    """Add what lives on in the versions that the run wrote."""
    done = touches(facts)
    for dataset, before in facts.carried.items():
        for version in written[dataset]:
            properties: dict[str, Value] = {"evidence": done[dataset].carries, "saidBy": run}
            edge = Edge("CARRIED_INTO", before, version, properties, run)
            found.edges[edge.identity] = edge


def _extent(access: Access, statistics: str) -> dict[str, Value]:
    rows, size, files = value_of(access.told, statistics) or (None, None, None)
    subset = value_of(access.told, "subset")
    return {"rowCount": rows, "size": size, "fileCount": files, "subset": subset or None}


def _reads(found: Rendering, facts: RunFacts, whole: Said, wires: Structure, parts: Mapping[str, str]) -> None:
    reads = [
        (inferred, named, evidence, dataset, version, part)
        for (part, dataset), evidence in wires.reads.items()
        for version, inferred, named in facts.bound[dataset]
    ]
    # Two names of one dataset may be bound to one version: what is said best of it is said last.
    for inferred, named, evidence, dataset, version, part in sorted(reads, reverse=True):
        access = whole.inputs[dataset]
        properties: dict[str, Value] = {
            "evidence": EVIDENCE_NAME[evidence],
            "inferred": inferred,
            "namedVersion": named or None,
            "role": value_of(access.told, "headwater_inputRole") or None,
            **_extent(access, "inputStatistics"),
        }
        found.edge("READ_BY", version, parts[part], properties)


def _quality(
    found: Rendering,
    run: str,
    facts: RunFacts,
    datasets: Mapping[str, DatasetFacts],
    written: Mapping[str, Iterable[str]],
) -> None:
    """Add the checks and metrics of datasets; of one that the run reads and writes those that were said later."""
    whole = facts.whole()
    for name, add in _QUALITY:
        for dataset in {**whole.inputs, **whole.outputs}:
            register, is_output = _latest(whole, dataset, name)
            if register:
                bound = [version for version, _, _ in facts.bound.get(dataset, ())]
                versions = written[dataset] if is_output else bound
                add(found, run, facts, dataset, datasets[dataset], register[1], versions)


def _latest(whole: Said, dataset: str, name: str) -> tuple[Register | None, bool]:
    """Return what was said last of a dataset in either role, and whether it was said of it as an output."""
    of_output, of_input = (
        side[dataset].told.get(name) if dataset in side else None for side in (whole.outputs, whole.inputs)
    )
    if of_output and not (of_input and of_input[0] > of_output[0]):
        return of_output, True
    return of_input, False


def _checks(
    found: Rendering,
    run: str,
    facts: RunFacts,
    dataset: str,
    owner: DatasetFacts,
    checks: Iterable[Sequence[Any]],
    versions: Iterable[str],
) -> None:
    for assertion, column, success, severity, expected, actual in checks:
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
        found.edge("REPORTED", run, name)
        if column:
            found.edge("ABOUT", name, column_key(owner.namespace, owner.name, column))
        for version in versions:
            found.edge("CHECKED", name, version)


def _metrics(
    found: Rendering,
    run: str,
    _facts: RunFacts,
    dataset: str,
    _owner: DatasetFacts,
    metrics: Iterable[Sequence[Any]],
    versions: Iterable[str],
) -> None:
    for column, name, value in metrics:
        metric = key("metric", run, dataset, column, name)
        found.node(metric, {"name": name, "value": value, "column": column or None})
        found.edge("MEASURED", run, metric)
        for version in versions:
            found.edge("DESCRIBES", metric, version)


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
            add_version(found, unknown, dataset, {"source": "UNKNOWN"}, owner)
    return written


def _own_version(found: Rendering, own: str, dataset: str, touch: Touch, owner: DatasetFacts) -> None:
    add_version(found, own, dataset, {"source": "RUN", "writtenAt": touch.written_at, "failed": not touch.ok}, owner)


_QUALITY: Final = (("dataQualityAssertions", _checks), (EXPECTATIONS, _checks), ("dataQualityMetrics", _metrics))
"""What is told of the quality of an input or output, and what makes nodes of it."""
