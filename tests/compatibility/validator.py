"""Takes the events of a scenario into a running Headwater and compares the graph with what is expected of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
from headwater_collector.parse import parse_event

from tests.compatibility.comparison import entity_differences
from tests.compatibility.kept import kept_differences
from tests.compatibility.report import Checked, Validated, checked
from tests.compatibility.scenario import CONSUMER, Expected, Scenario, config, expectations
from tests.compatibility.state import API, Row, get, state
from tests.faults.served import Headwater


def validate(server: Headwater, http: httpx.Client, scenario: Scenario, consumer: Path = CONSUMER) -> Validated:
    """Return what became of a scenario; the graph is empty before and after."""
    with taken(server, http, scenario) as answers:
        told = {name: value for name, value in config(scenario.name, consumer).items() if name != "tests"}
        syntax = [checked(name, "syntax", "openlineage", details, told) for name, details in answers.items()]
        found = state(http)
        entities = [one for kind in ("job", "run", "dataset") for one in found[kind]]
        lines = kept_differences(scenario.events.values(), entities)
        kept = checked("kept facets", "semantics", "facet", lines, {"facets": []})
        return Validated(scenario.name, [*syntax, *semantics(expectations(scenario.name, consumer), found), kept])


def semantics(expected: list[Expected], found: dict[str, list[Row]]) -> list[Checked]:
    """Compare the graph with what is expected of each kind of entity."""
    return [
        checked(one.name, "semantics", one.entity, entity_differences(one.rows, found[one.entity]), one.tags)
        for one in expected
    ]


@contextmanager
def taken(server: Headwater, http: httpx.Client, scenario: Scenario) -> Iterator[dict[str, list[str]]]:
    """Yield why each event was not taken into the graph, nothing if it was; at the end take all out of it again."""
    refused = {name: _send(http, body) for name, body in scenario.events.items()}
    ids = {name: parse_event(scenario.events[name]).id for name, details in refused.items() if not details}
    # Some events are part of several scenarios, and stay out of the graph once they were taken out of it.
    _decide(http, "include", ids)
    server.wait_applied()
    try:
        yield {**refused, **{name: _problems(http, event) for name, event in ids.items()}}
    finally:
        _decide(http, "exclude", ids)
        server.wait_applied()


def _send(http: httpx.Client, body: bytes) -> list[str]:
    answer = http.post("/api/v1/lineage", content=body, headers={"Content-Type": "application/json"})
    if answer.status_code != httpx.codes.CREATED:
        return [f"{answer.status_code} {answer.text}"]
    return []


def _problems(http: httpx.Client, event: str) -> list[str]:
    told = get(http, f"events/{event}")
    return [] if told["status"] == "applied" else [f"{told['status']}: {told.get('reason', '')}"]


def _decide(http: httpx.Client, verb: str, ids: dict[str, str]) -> None:
    if not ids:
        return
    chosen: dict[str, Any] = {"events": sorted({*ids.values()}), "reason": "compatibility tests"}
    http.post(f"{API}/events/{verb}", json=chosen).raise_for_status()
