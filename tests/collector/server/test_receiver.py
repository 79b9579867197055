"""The contract of receiving, each line over real HTTP."""

import gzip
import json
import zlib
from codecs import BOM_UTF8
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import zstandard
from headwater_collector.log.event_index import Status

from tests.collector.events import dataset_event, encoded, padded, run_event
from tests.collector.serving import Served, serving
from tests.waiting import wait_until

LIMIT = 100_000


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("data"), max_body_bytes=LIMIT) as it:
        yield it


def post(
    served: Served, body: bytes | Iterator[bytes], path: str = "/api/v1/lineage", **headers: str
) -> httpx.Response:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return served.http.post(path, content=body, headers={"Content-Type": "application/json", **given})


def assert_problem(response: httpx.Response, status: int, words: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["status"] == status
    assert problem["type"].startswith("urn:headwater:problem:")
    assert words in problem["detail"]


def newest(served: Served) -> Any:
    return served.services.index.list_events(limit=1)[0]


def test_accepted_events_are_in_the_log_as_they_were_sent(served: Served) -> None:
    body = json.dumps(run_event("kept"), indent=3).encode() + b"\n"
    response = post(served, body)
    assert (response.status_code, response.content) == (201, b"")
    log = served.services.log
    assert log.read(log.end() - 1, 1)[0].body == body


def test_an_event_that_is_there_already_is_accepted_and_not_kept_twice(served: Served) -> None:
    event = run_event("twice")
    assert post(served, encoded(event)).status_code == 201
    end = served.services.log.end()
    assert post(served, json.dumps(event, indent=1, sort_keys=True).encode()).status_code == 201
    assert served.services.log.end() == end


def test_all_three_kinds(served: Served) -> None:
    for event in (run_event("kinds"), run_event("kinds", run=None), dataset_event()):
        assert post(served, encoded(event)).status_code == 201


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "empty"),
        (b"{", 400, "not JSON"),
        (b"[]", 400, "an array"),
        (b'"text"', 400, "a string"),
        (b'{"a": "\xff"}', 400, "UTF-8"),
        (b'{"a": "\\ud800"}', 400, "surrogate"),
        (b"[" * 10_000 + b"]" * 10_000, 400, "nested"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, 400, "nested"),
        (b"{}", 422, "run, job, dataset"),
        (encoded(run_event(run={})), 422, "run.runId"),
        (encoded(run_event(job={"namespace": "n"})), 422, "job.name"),
        (encoded(run_event(run=None, job=None, dataset={"name": "x"})), 422, "dataset.namespace"),
        (encoded(run_event(eventTime="soon")), 422, "eventTime"),
    ],
)
def test_what_cannot_be_an_event_is_refused_and_kept(served: Served, body: bytes, status: int, words: str) -> None:
    end = served.services.log.end()
    assert_problem(post(served, body), status, words)
    assert served.services.log.end() == end
    (kept,) = served.services.index.list_events(Status.REJECTED, limit=1)
    assert (kept.http_status, served.services.index.body(kept.id)) == (status, body)


@pytest.mark.parametrize(
    ("change", "warning"),
    [
        ({"schemaURL": None}, "schemaURL: missing"),
        ({"producer": None}, "producer: missing"),
        ({"inputs": None}, None),
        ({"job": {"namespace": "n", "name": "j", "facets": {"sql": None}}}, "job.facets.sql: null"),
        ({"eventTime": "2026-01-31T12:00:00"}, "no time zone"),
        ({"run": {"runId": "scheduled__2026-01-31T00:00:00"}}, "not a UUID"),
        ({"eventType": "REHEARSED"}, "taken as OTHER"),
        ({"run": {"runId": "0192f1a0-0000-7000-8000-000000000000", "facets": {"my_facet": {"n": 2**70}}}}, "64 bits"),
    ],
)
def test_what_is_odd_is_accepted_with_a_warning(served: Served, change: dict[str, Any], warning: str | None) -> None:
    assert post(served, encoded(run_event(**change))).status_code == 201
    warnings = served.services.index.list_events(limit=1)[0].warnings
    assert any(warning in said for said in warnings) if warning else not warnings


def test_bodies_at_and_over_the_limit(served: Served) -> None:
    assert post(served, padded(LIMIT)).status_code == 201
    assert_problem(post(served, padded(LIMIT + 1)), 413, str(LIMIT))
    assert_problem(post(served, iter([padded(LIMIT + 1)])), 413, str(LIMIT))


def test_the_limit_holds_after_decompression(served: Served) -> None:
    for encoding, compress in (("gzip", gzip.compress), ("zstd", zstandard.compress)):
        assert post(served, compress(padded(LIMIT)), content_encoding=encoding).status_code == 201
        assert_problem(post(served, compress(padded(LIMIT + 1)), content_encoding=encoding), 413, str(LIMIT))


@pytest.mark.parametrize(("encoding", "compress"), [("gzip", gzip.compress), ("zstd", zstandard.compress)])
def test_decompression_bombs(served: Served, encoding: str, compress: Any) -> None:
    bomb = compress(b" " * 80_000_000)
    assert len(bomb) < LIMIT
    assert_problem(post(served, bomb, content_encoding=encoding), 413, str(LIMIT))


def test_gzip_in_chunks_without_a_length_as_spark_sends_it(served: Served) -> None:
    event = encoded(run_event("spark", padding="y" * 50_000))
    compressor = zlib.compressobj(wbits=31)
    pieces = [compressor.compress(event[i : i + 1000]) for i in range(0, len(event), 1000)] + [compressor.flush()]
    response = post(served, (piece for piece in pieces if piece), content_encoding="gzip")
    assert "content-length" not in response.request.headers
    assert response.status_code == 201
    assert served.services.index.body(newest(served).id) == event


def test_a_byte_order_mark_is_no_part_of_the_body(served: Served) -> None:
    end = served.services.log.end()
    first, second, third, fourth = (encoded(run_event(f"marked {number}")) for number in range(4))
    assert post(served, BOM_UTF8 + first).status_code == 201
    assert post(served, gzip.compress(BOM_UTF8 + second), content_encoding="gzip").status_code == 201
    for body in (BOM_UTF8 + b"[" + third + b"]", BOM_UTF8 + fourth):
        assert batch(served, body)["summary"]["successful"] == 1
    assert served.services.log.end() == end + 4


def test_zstd(served: Served) -> None:
    event = encoded(run_event("zstd"))
    assert post(served, zstandard.compress(event), content_encoding="zstd").status_code == 201
    assert served.services.index.body(newest(served).id) == event


def test_encodings_that_cannot_be_read(served: Served) -> None:
    event = encoded(run_event())
    assert_problem(post(served, gzip.compress(event)[:-9], content_encoding="gzip"), 400, "breaks off")
    assert_problem(post(served, event, content_encoding="gzip"), 400, "broken")
    assert_problem(post(served, event, content_encoding="br"), 400, "'br'")


@pytest.mark.parametrize("name", ["a/b/../c", 'quo"te', "dot.dot", "日本 ✓ 🦆", "nul\x00", "line\nbreak", "%2F|?#&="])
def test_names_hold_anything(served: Served, name: str) -> None:
    event = encoded(run_event(name, namespace=name, inputs=[{"namespace": name, "name": name}]))
    assert post(served, event).status_code == 201
    assert served.services.index.body(newest(served).id) == event


def test_large_events(tmp_path: Path) -> None:
    many = [{"namespace": "n", "name": f"table_{i}"} for i in range(10_000)]
    long = "x" * 100_000
    with serving(tmp_path) as served:
        for event in (run_event(inputs=many), run_event(job={"namespace": long, "name": long})):
            body = encoded(event)
            assert post(served, body).status_code == 201
            assert served.services.index.body(newest(served).id) == body


def test_a_full_backlog_is_answered_with_503(tmp_path: Path) -> None:
    with serving(tmp_path, max_backlog_events=2) as served:
        assert [post(served, encoded(run_event(str(i)))).status_code for i in range(2)] == [201, 201]
        response = post(served, encoded(run_event("more")))
        assert_problem(response, 503, "behind")
        assert response.headers["retry-after"].isdecimal()
        served.services.index.mark_applied_through(1)
        assert post(served, encoded(run_event("more"))).status_code == 201


def test_full_memory_is_answered_with_503(served: Served) -> None:
    budget = served.services.budget
    with budget.hold() as held:
        held.grow_to(budget.limit)
        response = post(served, encoded(run_event("full")))
        assert_problem(response, 503, "Too many bytes")
        assert response.headers["retry-after"].isdecimal()
        assert_problem(post(served, iter([encoded(run_event("full"))])), 503, "Too many bytes")
    wait_until(lambda: budget.used == 0)
    assert post(served, encoded(run_event("full"))).status_code == 201


def test_a_log_that_cannot_be_written_is_answered_with_503(tmp_path: Path) -> None:
    with serving(tmp_path) as served:
        assert post(served, encoded(run_event("before"))).status_code == 201
        served.services.log.close()
        response = post(served, encoded(run_event("after")))
        assert_problem(response, 503, "log")
        assert response.headers["retry-after"].isdecimal()


def test_a_sender_that_goes_away_leaves_nothing_held(served: Served) -> None:
    def body() -> Iterator[bytes]:
        yield b'{"eventType'
        raise KeyError

    with pytest.raises(KeyError):
        post(served, body())
    assert post(served, encoded(run_event("after"))).status_code == 201
    wait_until(lambda: served.services.budget.used == 0)


def batch(served: Served, body: bytes, content_type: str = "application/json") -> Any:
    response = post(served, body, "/api/v1/lineage/batch", content_type=content_type)
    assert response.status_code == 200, response.text
    return response.json()


def test_batch_as_array_and_as_lines(served: Served) -> None:
    for content_type, join in (
        ("application/json", b"[%s, %s]"),
        ("application/x-ndjson", b"%s\n%s\n"),
        ("", b"%s\n%s"),
    ):
        bodies = [encoded(run_event(f"{content_type} {i}", number=1.50)) for i in range(2)]
        log = served.services.log
        end = log.end()
        assert batch(served, join % tuple(bodies), content_type) == {
            "status": "success",
            "summary": {"received": 2, "successful": 2, "failed": 0, "retriable": 0, "non_retriable": 0},
            "failed_events": [],
        }
        assert [entry.body for entry in log.read(end, 10)] == bodies


@pytest.mark.parametrize("size", [10, 70_000])
def test_a_bad_element_never_affects_another(served: Served, size: int) -> None:
    good = [encoded(run_event(f"good {i} {size}", padding="z" * size)) for i in range(1)]
    bad = [b"{}", b"1", b'{"a": tru}', encoded(run_event(eventTime=None))]
    log = served.services.log
    end = log.end()
    answer = batch(served, b"[" + b",".join([bad[0], good[0], *bad[1:]]) + b"]")
    assert answer["status"] == "partial_success"
    assert answer["summary"] == {"received": 5, "successful": 1, "failed": 4, "retriable": 0, "non_retriable": 4}
    assert [failure["index"] for failure in answer["failed_events"]] == [0, 2, 3, 4]
    assert "eventTime" in answer["failed_events"][3]["reason"]
    assert [entry.body for entry in log.read(end, 10)] == good
    kept = served.services.index.list_events(Status.REJECTED, limit=4)
    assert {served.services.index.body(event.id) for event in kept} == set(bad)


def test_batches_that_are_none(served: Served) -> None:
    assert batch(served, b"[]")["summary"]["received"] == 0
    assert_problem(post(served, b"[1", "/api/v1/lineage/batch"), 400, "array")
    assert_problem(post(served, b"[" + b" " * LIMIT + b"]", "/api/v1/lineage/batch"), 413, str(LIMIT))
