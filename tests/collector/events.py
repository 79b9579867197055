"""Events for tests of the collector."""

import json
from typing import Any

PRODUCER = "https://example.com/test"


def run_event(name: str = "j", *, namespace: str = "n", **changes: Any) -> dict[str, Any]:
    """Return a small RunEvent of the job with this name, with fields changed; one that is None is null."""
    return {
        "eventType": "COMPLETE",
        "eventTime": "2026-01-31T12:00:00Z",
        "producer": PRODUCER,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "0192f1a0-0000-7000-8000-000000000000"},
        "job": {"namespace": namespace, "name": name},
        "inputs": [{"namespace": "n", "name": "in"}],
        "outputs": [{"namespace": "n", "name": "out"}],
    } | changes


def dataset_event(namespace: str = "n", name: str = "d") -> dict[str, Any]:
    """Return a small DatasetEvent."""
    return {
        "eventTime": "2026-01-31T12:00:00Z",
        "producer": PRODUCER,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent",
        "dataset": {"namespace": namespace, "name": name},
    }


def padded(size: int) -> bytes:
    """Return an event of exactly this many bytes."""
    body = json.dumps(run_event(padding="")).encode()
    return body.replace(b'"padding": ""', b'"padding": "' + b"x" * (size - len(body)) + b'"')


def encoded(event: object) -> bytes:
    """Return the event as JSON."""
    return json.dumps(event).encode()
