"""API keys: made, shown once, kept hashed, revoked, and seen by a server that runs."""

import json
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from headwater_collector.api_keys import ApiKey, ApiKeys, Role
from headwater_collector.errors import NotFound, SetupError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "keys.json"


def test_without_a_file_no_key_is_demanded(path: Path) -> None:
    keys = ApiKeys(path)
    assert not keys.any()
    assert keys.list_keys() == []
    assert keys.verify("hw_00000000_x") is None
    assert not path.exists()


def test_a_key_is_verified_by_its_token(path: Path) -> None:
    keys = ApiKeys(path)
    key, token = keys.create("airflow", Role.EMIT, ["prod", "team-*"])
    assert token.startswith(f"hw_{key.id}_")
    assert len(token) > 50
    assert keys.any()
    assert keys.verify(token) == key
    assert (key.name, key.role, key.namespaces) == ("airflow", Role.EMIT, ("prod", "team-*"))


def test_other_tokens_are_not_keys(path: Path) -> None:
    keys = ApiKeys(path)
    key, token = keys.create("a", Role.ADMIN)
    _, other = keys.create("b", Role.ADMIN)
    secret = token.split("_", 2)[2]
    wrong = ["", "hw", "hw_", f"hw_{key.id}", f"hw_{key.id}_", token[:-1], token + "x", f" {token}", token.upper()]
    wrong += [
        f"hw_{key.id}_{other.split('_', 2)[2]}",
        f"xx_{key.id}_{secret}",
        f"hw_ffffffffff_{secret}",
        "é",
        "\ud800",
        f"hw_{key.id}_\ud800",
    ]
    assert [token for token in wrong if keys.verify(token)] == []


def test_the_file_holds_no_secret_and_is_private(path: Path) -> None:
    _, token = ApiKeys(path).create("a", Role.READ)
    assert token.split("_", 2)[2] not in path.read_text()
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_roles() -> None:
    rights = {
        role: (key.may_emit(), key.may_read(), key.may_administer()) for role in Role for key in [_key(role, "*")]
    }
    assert rights == {Role.EMIT: (True, False, False), Role.READ: (False, True, False), Role.ADMIN: (True, True, True)}


@pytest.mark.parametrize(
    ("pattern", "namespace", "allowed"),
    [
        ("*", "anything", True),
        ("prod", "prod", True),
        ("prod", "prod2", False),
        ("prod*", "prod2", True),
        ("s3://bucket/*", "s3://bucket/a", True),
        ("s3://bucket/*", "s3://bucket", False),
        ("a*b", "axb", False),
        ("[p]rod", "prod", False),
        ("Prod", "prod", False),
    ],
)
def test_namespaces(pattern: str, namespace: str, allowed: bool) -> None:
    assert _key(Role.EMIT, pattern).may_write(namespace) is allowed
    assert _key(Role.ADMIN, "none", pattern).may_write(namespace) is allowed
    assert not _key(Role.READ, pattern).may_write(namespace)


def test_a_running_server_sees_changes(path: Path) -> None:
    server, command = ApiKeys(path), ApiKeys(path)
    key, token = command.create("a", Role.READ)
    assert server.any()
    assert server.verify(token) == key
    command.revoke(key.id)
    assert server.verify(token) is None
    assert [found.revoked_at is not None for found in server.list_keys()] == [True]


def test_taking_keys_away_does_not_open_the_server(path: Path) -> None:
    server, command = ApiKeys(path), ApiKeys(path)
    key, token = command.create("a", Role.READ)
    command.revoke(key.id)
    assert server.any()
    assert ApiKeys(path).any(), "also after a restart"
    path.unlink()
    assert server.any()
    assert server.verify(token) is None


def test_revoking_twice_keeps_the_first_time(path: Path) -> None:
    keys = ApiKeys(path)
    key, _ = keys.create("a", Role.READ)
    assert keys.revoke(key.id) == keys.revoke(key.id)


def test_revoking_an_unknown_key(path: Path) -> None:
    with pytest.raises(NotFound, match="keys list"):
        ApiKeys(path).revoke("nothing")


def test_keys_made_at_once_are_all_kept(path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: ApiKeys(path).create(str(number), Role.READ), range(40)))
    keys = ApiKeys(path)
    assert all(keys.verify(token) == key for key, token in made)
    assert {key.name for key in keys.list_keys()} == {str(number) for number in range(40)}


@pytest.mark.parametrize("text", ["", "{", "[]", '{"keys": [{"id": "a"}]}', '{"keys": [1]}', '{"keys": 1}'])
def test_a_broken_file_lets_nobody_in(path: Path, text: str) -> None:
    server = ApiKeys(path)
    _, token = server.create("a", Role.ADMIN)
    good = path.read_bytes()
    path.write_text(text)
    for _ in range(2):
        with pytest.raises(SetupError, match=r"keys\.json cannot be read"):
            server.verify(token)
    with pytest.raises(SetupError):
        ApiKeys(path)
    path.write_bytes(good)
    assert server.verify(token)


def test_a_role_that_is_not_known(path: Path) -> None:
    ApiKeys(path).create("a", Role.ADMIN)
    path.write_text(json.dumps(json.loads(path.read_text())).replace('"admin"', '"root"'))
    with pytest.raises(SetupError):
        ApiKeys(path)


def _key(role: Role, *namespaces: str) -> ApiKey:
    return ApiKey("id", "name", role, namespaces, "2026-01-01T00:00:00.000000000Z", "0" * 64)
