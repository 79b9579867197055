"""What stands behind runs and versions of an answer: their jobs, code, parameters, environment, metrics, checks."""

from collections.abc import Mapping
from typing import Any

from headwater_graph.queries import Queries

from headwater_collector.answers.node import Node


def add(queries: Queries, nodes: list[Node], owners: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Add to the run and version nodes what is known of them; return the environments that the runs name by key.

    A version has the checks of those, too, that it is the owner of.
    """
    runs = {node["key"]: node for node in nodes if node["kind"] == "run"}
    versions = {node["key"]: node for node in nodes if node["kind"] == "version"}
    rows = queries.read("run_details", keys=list(runs))
    for key, engine, seeds, nominal_start, code, params, environment, metrics, jobs in rows["runs"]:
        said = {
            "jobs": jobs,
            "engine": engine,
            "seeds": seeds,
            "nominalStart": nominal_start,
            "code": code and _present(code),
            "params": params,
            "environment": environment,
            "metrics": [
                _present(dict(zip(("name", "value", "split", "step"), metric, strict=True))) for metric in metrics
            ],
        }
        runs[key].update((name, value) for name, value in said.items() if value)
    _add_checks(queries, versions, owners or {})
    return [{"key": key, **_present(properties)} for key, properties in rows["environments"]]


def _add_checks(queries: Queries, versions: dict[str, Node], owners: Mapping[str, str]) -> None:
    columns = ("name", "column", "success", "severity", "expected", "actual")
    keys = {*versions, *(key for key, owner in owners.items() if owner in versions)}
    for key, *said in queries.read("version_checks", keys=sorted(keys))["checks"]:
        versions[owners.get(key, key)].setdefault("checks", []).append(_present(dict(zip(columns, said, strict=True))))


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
