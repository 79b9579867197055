"""API keys: who may emit and who may read, kept hashed in a file outside the graph.

A key reads ``hw_<id>_<secret>``. The file holds the SHA-256 of the secret. A slow hash such as scrypt protects secrets
that people choose; this one is 256 random bits, which nobody can guess through a fast hash either, and a slow one would
cost every event milliseconds.
"""

import hashlib
import hmac
import json
import os
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

from headwater_collector.clock import utc_now
from headwater_collector.errors import NotFound, SetupError
from headwater_collector.file_lock import wait_for_lock


class Role(StrEnum):
    """What a key is for."""

    EMIT = "emit"
    READ = "read"
    ADMIN = "admin"


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A key as it is kept; the secret itself is shown once, when the key is made."""

    id: str
    name: str
    role: Role
    namespaces: tuple[str, ...]
    """The namespaces that it may write, each exact or a prefix that ends with ``*``."""
    created_at: str
    secret_sha256: str
    revoked_at: str | None = None

    def may_read(self) -> bool:
        """Whether the key may ask questions."""
        return self.role in (Role.READ, Role.ADMIN)

    def may_emit(self) -> bool:
        """Whether the key may post events at all."""
        return self.role in (Role.EMIT, Role.ADMIN)

    def may_administer(self) -> bool:
        """Whether the key may retry events and the like."""
        return self.role is Role.ADMIN

    def may_write(self, namespace: str) -> bool:
        """Whether the key may post events of a job, or a dataset on its own, in this namespace."""
        return self.may_emit() and any(_matches(pattern, namespace) for pattern in self.namespaces)


class ApiKeys:
    """The keys in one JSON file with mode 0600; a running server sees a change of it at the next request."""

    def __init__(self, path: Path) -> None:
        """Use the file, which need not be there. Raises `SetupError` if it cannot be read."""
        self._path = path
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] | None = None
        self._keys: Mapping[str, ApiKey] = {}
        self._demanded = False
        self._current()

    def create(self, name: str, role: Role, namespaces: Sequence[str] = ("*",)) -> tuple[ApiKey, str]:
        """Make a key; return it and the token, which cannot be had again."""
        secret = secrets.token_urlsafe(32)
        with self._changing() as keys:
            key_id = _unused_id(keys)
            key = ApiKey(key_id, name, role, tuple(namespaces), utc_now(), _hash(secret))
            keys[key_id] = key
        return key, f"hw_{key_id}_{secret}"

    def revoke(self, key_id: str) -> ApiKey:
        """End a key, now and for good; it stays in the list. Raises `NotFound`."""
        with self._changing() as keys:
            if key_id not in keys:
                raise NotFound(f"There is no API key {key_id!r}: `headwater keys list` shows the ids.")
            keys[key_id] = replace(keys[key_id], revoked_at=keys[key_id].revoked_at or utc_now())
            return keys[key_id]

    def list_keys(self) -> list[ApiKey]:
        """Return all keys, revoked ones too, oldest first."""
        return sorted(self._current().values(), key=lambda key: (key.created_at, key.id))

    def any(self) -> bool:
        """Whether a key is demanded: true from the first key on.

        Also when all are revoked, or the file is lost while the server runs: taking a key away never opens a server.
        """
        self._current()
        return self._demanded

    def verify(self, token: str) -> ApiKey | None:
        """Return the key that the token is, None if there is no such key or it is revoked.

        Raises `SetupError` if the file has become unreadable: then no token is good.
        """
        prefix, _, rest = token.partition("_")
        key_id, _, secret = rest.partition("_")
        key = self._current().get(key_id)
        # Compared also where there is no such key, so that the time tells nothing about ids.
        right = hmac.compare_digest(_hash(secret), key.secret_sha256 if key else _NO_HASH)
        return key if key and right and prefix == "hw" and key.revoked_at is None else None

    def _current(self) -> Mapping[str, ApiKey]:
        """Return the keys as the file has them now; a look at its time and size, and no more, while it is unchanged."""
        seen = _identity(self._path)
        if seen != self._seen:
            with self._lock:
                self._keys = _read(self._path)
                self._seen = seen
                self._demanded = self._demanded or bool(self._keys)
        return self._keys

    @contextmanager
    def _changing(self) -> Iterator[dict[str, ApiKey]]:
        """Lend the keys and write them back; two commands at a time wait for each other."""
        lock_path = self._path.with_suffix(".lock")
        with os.fdopen(os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600), "r+", encoding="utf-8") as lock:
            wait_for_lock(lock)
            keys = dict(_read(self._path))
            yield keys
            _write(self._path, keys)


_NO_HASH = "0" * 64


def _matches(pattern: str, namespace: str) -> bool:
    return namespace.startswith(pattern[:-1]) if pattern.endswith("*") else namespace == pattern


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def _unused_id(keys: Mapping[str, ApiKey]) -> str:
    while (key_id := secrets.token_hex(4)) in keys:
        pass
    return key_id


def _identity(path: Path) -> tuple[int, ...]:
    try:
        status = path.stat()
    except FileNotFoundError:
        return ()
    return (status.st_ino, status.st_mtime_ns, status.st_size)


def _read(path: Path) -> dict[str, ApiKey]:
    try:
        found = json.loads(path.read_bytes())
        return {key["id"]: _key(key) for key in found["keys"]}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SetupError(
            f"The API keys in {path} cannot be read ({error}): restore the file, or delete it and create new keys."
        ) from error


def _key(found: Mapping[str, Any]) -> ApiKey:
    return ApiKey(**{**found, "role": Role(found["role"]), "namespaces": tuple(found["namespaces"])})


def _write(path: Path, keys: Mapping[str, ApiKey]) -> None:
    """Replace the file as a whole, so that nobody ever reads a half of it."""
    text = json.dumps({"keys": [asdict(key) for key in keys.values()]}, indent=1)
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
