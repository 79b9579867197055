"""The rest of the HTTP interface: events, status, health, metrics, documentation, errors."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest

from tests.collector.events import encoded, run_event
from tests.collector.serving import Served, serving

EVENTS = "/api/headwater/v1/events"


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("data")) as it:
        yield it


def accept(served: Served, count: int = 1) -> list[str]:
    """Accept events and return their ids, newest first."""
    for i in range(count):
        assert served.http.post("/api/v1/lineage", content=encoded(run_event(f"job {i}"))).status_code == 201
    return [event.id for event in served.services.index.list_events(limit=count)]


def get(served: Served, path: str, status: int = 200) -> Any:
    response = served.http.get(path)
    assert response.status_code == status, response.text
    return response.json()


def test_status_of_an_event_on_its_way(served: Served) -> None:
    (event_id,) = accept(served)
    assert get(served, f"{EVENTS}/{event_id}")["status"] == "accepted"
    served.services.index.mark_applied_through(1)
    assert get(served, f"{EVENTS}/{event_id}")["status"] == "applied"
    assert served.http.get(f"{EVENTS}/{event_id}/body").content == encoded(run_event("job 0"))


def test_a_failed_event_is_tried_again(served: Served) -> None:
    (event_id,) = accept(served)
    index = served.services.index
    assert served.http.post(f"{EVENTS}/{event_id}/retry").status_code == 400
    index.mark_failed(1, "odd")
    assert get(served, f"{EVENTS}/{event_id}")["reason"] == "odd"
    assert served.http.post(f"{EVENTS}/{event_id}/retry").json() == {"retrying": 1}
    assert get(served, f"{EVENTS}/{event_id}")["retrying"] is True
    assert index.retries() == [1]
    index.mark_failed(1, "odd again")
    assert served.http.post(f"{EVENTS}/retry").json() == {"retrying": 1}


def test_what_is_left_out_of_an_event_is_told(served: Served) -> None:
    event = run_event("odd")
    event["outputs"] = [{"namespace": "n", "name": "d", "facets": {"schema": {"fields": "none"}, "storage": None}}]
    assert served.http.post("/api/v1/lineage", content=encoded(event)).status_code == 201
    (found,) = served.services.index.list_events(limit=1)
    warnings = get(served, f"{EVENTS}/{found.id}")["warnings"]
    assert "schema: fields: must be a list; this facet is left out" in warnings
    assert any("storage" in warning for warning in warnings)


def test_pages_of_events(served: Served) -> None:
    ids = accept(served, 5)
    found, cursor = [], None
    for _ in range(3):
        page = get(served, f"{EVENTS}?limit=2" + (f"&cursor={cursor}" if cursor else ""))
        found += [event["id"] for event in page["events"]]
        cursor = page["nextCursor"]
    assert (found, cursor) == (ids, None)


def test_rejected_bodies_are_listed_and_never_run_in_a_browser(served: Served) -> None:
    assert served.http.post("/api/v1/lineage", content=b"<script>").status_code == 400
    (event,) = get(served, f"{EVENTS}?status=rejected")["events"]
    assert (event["httpStatus"], event["status"]) == (400, "rejected")
    body = served.http.get(f"{EVENTS}/{event['id']}/body")
    assert body.content == b"<script>"
    assert body.headers["content-type"] == "application/octet-stream"
    assert get(served, f"{EVENTS}")["events"] == []


def test_what_is_not_there(served: Served) -> None:
    for path in (f"{EVENTS}/abc", f"{EVENTS}/abc/body", "/nowhere"):
        problem = get(served, path, 404)
        assert problem["status"] == 404
        assert len(problem["detail"]) > 20
    assert served.http.post(f"{EVENTS}/abc/retry").status_code == 404
    assert served.http.get("/api/v1/lineage").headers["content-type"] == "application/problem+json"
    assert served.http.get("/api/v1/lineage").status_code == 405


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "status=lost", "cursor=x"])
def test_parameters_that_cannot_be_understood(served: Served, query: str) -> None:
    problem = get(served, f"{EVENTS}?{query}", 400)
    assert query.split("=")[0] in problem["detail"]


def test_status_of_the_whole(served: Served) -> None:
    accept(served, 3)
    served.services.index.mark_applied_through(1)
    found = get(served, "/api/headwater/v1/status")
    assert (found["log"]["end"], found["appliedThrough"], found["pending"]) == (3, 1, 2)
    assert found["events"] == {"accepted": 2, "applied": 1, "failed": 0, "excluded": 0, "rejected": 0}
    assert found["graph"]["reachable"] is False


def test_health(served: Served) -> None:
    assert served.http.get("/health/live").status_code == 204
    assert served.http.get("/health/ready").status_code == 204


def test_questions_without_a_graph_are_answered_with_503(served: Served) -> None:
    response = served.http.get("/api/headwater/v1/upstream?of=x")
    assert response.status_code == 503
    assert response.headers["retry-after"].isdecimal()


def test_metrics(served: Served) -> None:
    accept(served, 2)
    served.http.post("/api/v1/lineage", content=b"{")
    text = served.http.get("/metrics").text
    for line in (
        "headwater_events_accepted_total 2.0",
        'headwater_requests_refused_total{status="400"} 1.0',
        "headwater_receive_seconds_count 3.0",
        "headwater_log_end 2.0",
        "headwater_pending_events 2.0",
    ):
        assert line in text


def test_docs_load_nothing_from_elsewhere(served: Served) -> None:
    page = served.http.get("/docs").text
    links = re.findall(r"""(?:src|href)=["']([^"']+)|url: ["']([^"']+)""", page)
    found = [a or b for a, b in links]
    assert len(found) == 4
    for link in found:
        url = urljoin(f"{served.url}/docs", link)
        assert url.startswith(served.url)
        assert served.http.get(url).status_code == 200


def test_the_api_description_names_every_endpoint(served: Served) -> None:
    paths = get(served, "/openapi.json")["paths"]
    assert {"/api/v1/lineage", "/api/v1/lineage/batch", EVENTS, "/metrics", "/health/ready"} <= set(paths)
    for methods in paths.values():
        for endpoint in methods.values():
            assert endpoint.get("description"), endpoint
