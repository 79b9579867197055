"""Nodes of the graph as the API shows them: flat maps with the key, the kind, and names that a person reads. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from headwater_graph.keys import kind_of

_EXTRA: Final = ("Model", "ModelVersion", "FeatureView", "FeatureService", "Endpoint", "Predictions")
_SHORT_ID: Final = 8

Node = dict[str, Any]


def parts(key: str) -> list[str]:
    """Return the identifying parts that a key was made of; the last one is cut if the key was too long."""
    return [part.replace("%7C", "|").replace("%25", "%") for part in key.split("|")[1:]]


def names_in(key: str | None) -> tuple[str, str]:
    """Return namespace and name from the key of a dataset or job, as far as it holds them."""
    found = parts(key) if key else []
    return (found[0], found[1].partition("%sha256=")[0]) if len(found) > 1 else ("", found[0] if found else "")


def dataset(
    key: str, labels: Sequence[str], namespace: str, name: str, type_: str | None, sub_type: str | None
) -> Node:
    """Return the node of a row `datasets` of the design level."""
    return _present(
        key=key, kind="dataset", namespace=namespace, name=name, type=type_, subType=sub_type, role=role(labels)
    )


def job(key: str, _labels: Sequence[str], namespace: str, name: str, type_: str | None) -> Node:
    """Return the node of a row `jobs` of the design level."""
    return _present(key=key, kind="job", namespace=namespace, name=name, type=type_)


def version(
    key: str,
    labels: Sequence[str],
    dataset_key: str,
    version: str | None,
    source: str | None,
    written_at: str | None,
    failed: bool | None,
) -> Node:
    """Return the node of a row `versions` of the run level."""
    namespace, name = names_in(dataset_key)
    return _present(
        key=key,
        kind="version",
        dataset=dataset_key,
        namespace=namespace,
        name=name,
        version=version,
        source=source,
        writtenAt=written_at,
        failed=failed,
        role=role(labels),
    )


def named_dataset(key: str) -> Node:
    """Return the node of a dataset by its key, which holds its names whole; nothing else is in it."""
    namespace, name = names_in(key)
    return {"key": key, "kind": "dataset", "namespace": namespace, "name": name}


def run(
    key: str,
    run_id: str,
    job_key: str | None,
    state: str | None,
    at: str | None,
    started_at: str | None,
    ended_at: str | None,
    last_event_at: str | None,
    error: str | None,
) -> Node:
    """Return the node of a row `runs` of the run level."""
    namespace, name = names_in(job_key)
    return _present(
        key=key,
        kind="run",
        runId=run_id,
        job=job_key,
        namespace=namespace,
        name=name,
        state=state,
        at=at,
        startedAt=started_at,
        endedAt=ended_at,
        lastEventAt=last_event_at,
        error=error,
    )


def column(key: str, namespace: str, name: str, field: str, dataset_key: str) -> Node:
    """Return the node of a row `columns` of the column level."""
    return {
        "key": key,
        "kind": "column",
        "dataset": dataset_key,
        "namespace": namespace,
        "name": name,
        "field": field,
    }


def of_properties(key: str, labels: Sequence[str], properties: Mapping[str, Any]) -> Node:
    """Return the node of any kind from its properties."""
    owner = properties.get("jobKey") or properties.get("datasetKey")
    namespace, name = names_in(owner)
    names = {"namespace": namespace, "name": name} if owner and not properties.get("name") else {}
    return _present(key=key, kind=kind_of(key), **{**properties, **names}, role=role(labels))


def role(labels: Sequence[str]) -> str | None:
    """Return the label that tells a model, feature view or endpoint from plain data, None for plain data."""
    return next((label for label in _EXTRA if label in labels), None)


def title(node: Mapping[str, Any]) -> str:
    """Return how a person calls a node: name@version for a version, name#field for a column, else the name."""
    name = str(node.get("name") or node["key"])
    if node["kind"] == "column":
        return f"{name}#{node['field']}"
    if node["kind"] == "version":
        return f"{name}@{_version_title(node)}"
    return name


def sortable(time: str) -> str:
    """Return a time of the graph as text that sorts by time, however many digits its seconds have."""
    return time.removesuffix("Z")


def _version_title(node: Mapping[str, Any]) -> str:
    if node.get("version") is not None:
        return str(node["version"])
    run_id = parts(parts(node["key"])[-1])[-1:] or [""]
    word = "run" if node.get("source") == "RUN" else "unknown"
    return f"{word}:{run_id[0][:_SHORT_ID]}"


def _present(**values: Any) -> Node:
    return {name: value for name, value in values.items() if value is not None}
