"""The real OpenLineage client against a running collector that answers 503 for a while: nothing is lost."""

import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from headwater_collector.api_keys import Role
from headwater_collector.log.eventlog import Draft
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
from openlineage.client.transport.async_http import AsyncHttpConfig, AsyncHttpTransport
from openlineage.client.transport.http import HttpConfig, HttpTransport

from tests.collector.serving import Served, serving
from tests.waiting import PATIENCE, wait_until

EVENTS = BACKLOG = 10
PATIENT = {"timeout": PATIENCE, "retry": {"total": 50, "read": 50, "connect": 50, "status": 50}}
"""A client gives up after a while, which must not come while this machine is busy with something else."""


def event(number: int) -> RunEvent:
    return RunEvent(
        eventType=RunState.COMPLETE,
        eventTime="2026-01-31T12:00:00Z",
        run=Run(str(UUID(int=number))),
        job=Job("client", f"job {number}"),
        producer="https://example.com/test",
    )


def synchronous(config: dict[str, Any]) -> OpenLineageClient:
    return OpenLineageClient(transport=HttpTransport(HttpConfig.from_dict(config)))


def asynchronous(config: dict[str, Any]) -> OpenLineageClient:
    return OpenLineageClient(transport=AsyncHttpTransport(AsyncHttpConfig.from_dict(config)))


@pytest.mark.parametrize("make", [synchronous, asynchronous])
@pytest.mark.parametrize("compression", [None, "gzip"])
@pytest.mark.parametrize("with_key", [False, True], ids=["open", "key"])
def test_nothing_is_lost(
    tmp_path: Path, make: Callable[[dict[str, Any]], OpenLineageClient], compression: str | None, with_key: bool
) -> None:
    with serving(tmp_path, max_backlog_events=BACKLOG) as served:
        config: dict[str, Any] = {"url": served.url, "compression": compression, **PATIENT}
        if with_key:
            _, token = served.services.keys.create("emitter", Role.EMIT, ["client"])
            config["auth"] = {"type": "api_key", "apiKey": token}
        log = served.services.log
        log.append([Draft(str(number), b"{}") for number in range(BACKLOG)])
        client = make(config)
        sender = threading.Thread(target=emit_all, args=[client])
        sender.start()
        wait_until(lambda: refused(served) > 0, "a refusal")
        assert log.end() == BACKLOG
        served.services.index.mark_applied_through(BACKLOG)
        sender.join()
        assert client.close(PATIENCE)
        sent = {json.loads(entry.body)["job"]["name"] for entry in log.read(BACKLOG, 100)}
        assert sent == {f"job {number}" for number in range(EVENTS)}
        assert log.end() == BACKLOG + EVENTS


def emit_all(client: OpenLineageClient) -> None:
    for number in range(EVENTS):
        client.emit(event(number))


def refused(served: Served) -> float:
    return served.services.meters.registry.get_sample_value("headwater_requests_refused_total", {"status": "503"}) or 0
