"""Who may do what, over real HTTP."""

from collections.abc import Iterator

import httpx
import pytest
from headwater_collector.api_keys import ApiKeys, Role
from headwater_collector.errors import SetupError
from headwater_collector.server.access import check_binding

from tests.collector.events import dataset_event, encoded, run_event
from tests.collector.serving import Served, serving

STATUS = "/api/headwater/v1/status"


@pytest.fixture
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("data")) as it:
        yield it


def bearer(served: Served, role: Role, *namespaces: str) -> dict[str, str]:
    _, token = served.services.keys.create(f"a {role}", role, namespaces or ("*",))
    return {"Authorization": f"Bearer {token}"}


def post(served: Served, event: object, headers: dict[str, str] | None = None) -> httpx.Response:
    return served.http.post("/api/v1/lineage", content=encoded(event), headers=headers)


def test_without_any_key_this_machine_may_do_everything(served: Served) -> None:
    assert post(served, run_event()).status_code == 201
    assert served.http.get(STATUS).status_code == 200


def test_from_the_first_key_on_a_key_is_needed(served: Served) -> None:
    headers = bearer(served, Role.ADMIN)
    for given in (
        None,
        {"Authorization": "Bearer wrong"},
        {"Authorization": "Basic abc"},
        {"Authorization": "Bearer"},
    ):
        response = post(served, run_event(), given)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == "Bearer"
        assert "API key" in response.json()["detail"]
        assert served.http.get(STATUS, headers=given).status_code == 401
    assert post(served, run_event(), headers).status_code == 201
    assert served.http.get(STATUS, headers=headers).status_code == 200


def test_health_and_docs_need_no_key(served: Served) -> None:
    bearer(served, Role.ADMIN)
    for path in ("/health/live", "/health/ready", "/docs", "/openapi.json", "/metrics"):
        assert served.http.get(path).is_success


def test_roles(served: Served) -> None:
    emit, read, admin = (bearer(served, role) for role in (Role.EMIT, Role.READ, Role.ADMIN))
    assert [post(served, run_event(), key).status_code for key in (emit, read, admin)] == [201, 403, 201]
    assert [served.http.get(STATUS, headers=key).status_code for key in (emit, read, admin)] == [403, 200, 200]
    retry = "/api/headwater/v1/events/retry"
    assert [served.http.post(retry, headers=key).status_code for key in (emit, read, admin)] == [403, 403, 200]


def test_a_key_writes_only_to_its_namespaces(served: Served) -> None:
    key = bearer(served, Role.EMIT, "mine", "team-*")
    foreign = [{"namespace": "theirs", "name": "table"}]
    assert post(served, run_event(namespace="mine", inputs=foreign, outputs=foreign), key).status_code == 201
    assert post(served, run_event(namespace="team-a", run=None), key).status_code == 201
    assert post(served, dataset_event("mine"), key).status_code == 201
    for event in (run_event(namespace="theirs"), run_event(namespace="mine2"), dataset_event("theirs")):
        response = post(served, event, key)
        assert response.status_code == 403
        assert "namespace" in response.json()["detail"]


def test_in_a_batch_only_foreign_events_are_refused(served: Served) -> None:
    key = bearer(served, Role.EMIT, "mine")
    body = encoded([run_event(namespace="theirs"), run_event(namespace="mine")])
    answer = served.http.post("/api/v1/lineage/batch", content=body, headers=key).json()
    assert [failure["index"] for failure in answer["failed_events"]] == [0]
    assert answer["summary"]["successful"] == 1


def test_a_revoked_key_is_refused_at_once(served: Served) -> None:
    headers = bearer(served, Role.EMIT)
    assert post(served, run_event(), headers).status_code == 201
    served.services.keys.revoke(served.services.keys.list_keys()[0].id)
    assert post(served, run_event(), headers).status_code == 401


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example:5050"}, {"Origin": "https://evil.example"}, {"Origin": "null"}]
)
def test_without_keys_web_pages_of_others_are_refused(served: Served, headers: dict[str, str]) -> None:
    assert post(served, run_event(), headers).status_code == 403
    assert served.http.get(STATUS, headers=headers).status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Host": "localhost:5050"}, {"Host": "[::1]"}, {"Origin": "http://127.0.0.1:3000"}]
)
def test_without_keys_pages_of_this_machine_are_served(served: Served, headers: dict[str, str]) -> None:
    assert post(served, run_event(), headers).status_code == 201


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "127.1.2.3"])
def test_loopback_needs_no_key(served: Served, host: str) -> None:
    check_binding(host, served.services.keys)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "headwater.example"])
def test_other_addresses_need_a_key(served: Served, host: str) -> None:
    keys: ApiKeys = served.services.keys
    with pytest.raises(SetupError, match="headwater keys create"):
        check_binding(host, keys)
    keys.create("one", Role.ADMIN)
    check_binding(host, keys)
