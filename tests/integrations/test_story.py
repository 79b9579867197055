"""The story is told the same every time, through the real client."""

import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from headwater_integrations import story
from openlineage.client.serde import Serde


@contextmanager
def _backend() -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """A backend that keeps what it gets."""
    got: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            got.append(json.loads(gzip.decompress(self.rfile.read(int(self.headers["Content-Length"])))))
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", got
        finally:
            server.shutdown()
            thread.join()


def test_the_client_sends_it_in_order() -> None:
    told: list[story.StoryEvent] = []
    with _backend() as (url, got):
        client = story.client_for(url)
        count = story.play(client, told=told.append)
        client.close()
    assert count == len(told) == len(got)
    assert [e["eventTime"] for e in got] == sorted(e["eventTime"] for e in got)


def test_every_telling_is_the_same() -> None:
    first, second = ([Serde.to_json(event) for event in story.events()] for _ in range(2))
    assert first == second
    later = story.events(datetime(2027, 1, 1, tzinfo=UTC))
    assert [event.eventTime for event in later] != [event.eventTime for event in story.events()]
    assert {e["run"]["runId"] for e in map(json.loads, first) if "run" in e} == {
        e.run.runId for e in later if not hasattr(e, "dataset")
    }


def test_what_is_expected_occurs_in_it() -> None:
    """Every run expected is told under its job, and every named version of every dataset."""
    runs: set[tuple[str, str, str]] = set()
    versions: set[tuple[str, str, str]] = set()
    datasets: set[tuple[str, str]] = set()
    for event in (json.loads(Serde.to_json(e)) for e in story.events()):
        if "run" in event:
            runs.add((event["job"]["namespace"], event["job"]["name"], event["run"]["runId"]))
        for dataset in (*event.get("inputs", ()), *event.get("outputs", ())):
            name = (dataset["namespace"], dataset["name"])
            datasets.add(name)
            if "version" in dataset["facets"]:
                versions.add((*name, dataset["facets"]["version"]["datasetVersion"]))
    things = story.upstream() | story.downstream() | {story.BAD_TABLE, story.PREDICTIONS_ASKED}
    assert {t[1:] for t in things if t.kind == "run"} <= runs
    assert {t[1:] for t in things if t.kind == "version"} <= versions
    assert {t[1:3] for t in things if t.kind in ("written", "unknown")} <= datasets
    assert {t.which for t in things if t.kind in ("written", "unknown")} <= {run_id for _, _, run_id in runs}


def test_the_bad_table_is_told_and_matters() -> None:
    assert story.BAD_TABLE in story.upstream()
    assert story.reached() < story.downstream()
    failed = [
        (dataset["namespace"], dataset["name"], dataset["facets"]["version"]["datasetVersion"])
        for event in map(json.loads, map(Serde.to_json, story.events()))
        for dataset in event.get("inputs", ())
        for assertion in dataset["inputFacets"].get("dataQualityAssertions", {}).get("assertions", ())
        if not assertion["success"]
    ]
    assert set(failed) == {story.BAD_TABLE[1:]}
