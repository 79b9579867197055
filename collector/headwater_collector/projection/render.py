"""A run as nodes and edges: what is said of it, and what it ran with. Pure."""

from collections.abc import Mapping
from typing import Final

from headwater_graph.change import Value
from headwater_graph.keys import key

from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.facts.register import Register
from headwater_collector.projection.facts.run import STATES, RunFacts
from headwater_collector.projection.relatives import run_key
from headwater_collector.projection.render_flow import add_flow
from headwater_collector.projection.rendering import Rendering, value_of

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
    _ran_with(found, run, facts)
    _tests(found, run, facts)
    found.kept(run, facts.registers)
    for target, sources in facts.flows.items():
        for source, (first, last) in sources.items():
            found.flow(source, target, run, first, last)
    if facts.said or facts.spoken:
        add_flow(found, run, facts, datasets)
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
        "at": facts.began() or None,
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


def _ran_with(found: Rendering, run: str, facts: RunFacts) -> None:
    value = {name: register[1] for name, register in facts.registers.items()}
    code = value_of(facts.of_job, "sourceCodeLocation")
    code = value_of(facts.of_job, "sourceCode") if code is None else code
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
