"""A log with its index, and workers that project it into a real Neo4j."""

import json
from pathlib import Path
from typing import Any

import neo4j
from headwater_collector.data_folder import DataFolder
from headwater_collector.log.event_index import EventIndex
from headwater_collector.log.eventlog import Draft
from headwater_collector.log.sqlite_log import SqliteEventLog
from headwater_collector.parse import parse_event
from headwater_collector.projection.worker import ProjectionWorker, holder_of
from headwater_graph.neo4j_store import Neo4jGraphStore

from tests.projection.neo4j_graph import read_graph

ONLY_ONE = "CREATE CONSTRAINT only_one FOR (n:Job) REQUIRE n.description IS UNIQUE"
"""A constraint of the database's owner, under which an event that is right in itself cannot be projected."""


class Collected:
    """A log with its index, and workers that project it."""

    def __init__(self, folder: Path) -> None:
        data = DataFolder(folder)
        self.folder = folder
        self.log = SqliteEventLog(data.log)
        self.index = EventIndex(self.log, data.index)

    def add(self, *bodies: dict[str, Any]) -> list[int]:
        raws = [json.dumps(body).encode() for body in bodies]
        return self.log.append([Draft(parse_event(raw).id, raw) for raw in raws])

    def worker(self, driver: neo4j.Driver, batch_size: int = 500) -> ProjectionWorker:
        return ProjectionWorker(self.log, self.index, Neo4jGraphStore(driver), holder_of(self.folder), batch_size)

    def close(self) -> None:
        self.index.close()
        self.log.close()


def job_event(number: int, description: str = "") -> dict[str, Any]:
    facets = {"documentation": {"description": description}} if description else {}
    return {
        "eventTime": f"2026-01-01T00:00:{number:02}Z",
        "job": {"namespace": "n", "name": f"job{number}", "facets": facets},
        "inputs": [{"namespace": "n", "name": f"in{number}"}],
        "outputs": [{"namespace": "n", "name": f"out{number}"}],
    }


def run_event(number: int, type_: str, **facets: Any) -> dict[str, Any]:
    run = {"runId": f"01900000-0000-7000-8000-0000000000{number:02}", "facets": facets}
    return {**job_event(number), "eventType": type_, "run": run}


def jobs(driver: neo4j.Driver) -> set[str]:
    return {properties["name"] for properties in read_graph(driver).of_label("Job").values()}


def drained(worker: ProjectionWorker) -> int:
    """Let the worker take all there is; return in how many batches."""
    batches = 0
    while worker.step():
        batches += 1
    return batches
