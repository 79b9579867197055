"""Who may do what. Without any API key only this machine is served, and may do everything."""

from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from headwater_collector.api_keys import ApiKey, ApiKeys
from headwater_collector.errors import Forbidden, SetupError, Unauthorized
from headwater_collector.event import Event, EventKind
from headwater_collector.server.services import Services

_HOW: Final = "send `Authorization: Bearer <key>` (see `headwater keys create`)"


@dataclass(frozen=True, slots=True)
class Access:
    """What the sender of a request may do; without a key, everything."""

    key: ApiKey | None = None

    @property
    def name(self) -> str:
        """Under which decisions of the sender are recorded."""
        return self.key.name if self.key else "local"

    def require_emit(self) -> None:
        """Raise `Forbidden` unless the sender may send events."""
        if self.key and not self.key.may_emit():
            raise self._forbidden("send events")

    def require_read(self) -> None:
        """Raise `Forbidden` unless the sender may ask questions."""
        if self.key and not self.key.may_read():
            raise self._forbidden("read")

    def require_admin(self) -> None:
        """Raise `Forbidden` unless the sender may retry and exclude events and the like."""
        if self.key and not self.key.may_administer():
            raise self._forbidden("administer")

    def require_writing(self, event: Event) -> None:
        """Raise `Forbidden` unless the sender may write to the namespace of the event's job, or else dataset."""
        if self.key is None:
            return
        field = "dataset" if event.kind is EventKind.DATASET else "job"
        namespace = event.body[field]["namespace"]
        if not self.key.may_write(namespace):
            raise Forbidden(
                f"{field}.namespace: the API key {self.key.name!r} may not write to {namespace[:200]!r}, "
                f"only to {', '.join(self.key.namespaces)}"
            )

    def _forbidden(self, what: str) -> Forbidden:
        assert self.key
        return Forbidden(f"The API key {self.key.name!r} has the role {self.key.role}, which may not {what}.")


@dataclass(frozen=True, slots=True)
class Guards:
    """What endpoints depend on, so that only those are answered who may ask."""

    services: Services

    async def read(self, request: Request) -> Access:
        """Let those pass who may ask questions."""
        access = access_of(request, self.services)
        access.require_read()
        return access

    async def admin(self, request: Request) -> Access:
        """Let those pass who may change what becomes of events."""
        access = access_of(request, self.services)
        access.require_admin()
        return access


def access_of(request: Request, services: Services) -> Access:
    """Return what the sender of the request may do.

    Raises `Unauthorized` without a valid key where there are keys. Where there are none, raises `Forbidden` for what a
    web page makes a browser send: to a name that happens to resolve to this machine, or from another origin.
    """
    if not services.keys.any():
        _refuse_foreign_pages(request)
        return Access()
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthorized(f"An API key is needed: {_HOW}.")
    key = services.keys.verify(token.strip())
    if key is None:
        raise Unauthorized(f"The API key is not known, or was revoked: {_HOW}.")
    return Access(key)


def check_binding(host: str, keys: ApiKeys) -> None:
    """Raise `SetupError` if the address can be reached from other machines and no API key protects it."""
    if keys.any() or is_loopback(host):
        return
    raise SetupError(
        f"Without any API key only this machine is served, but {host} can be reached from others. "
        "Create one with `headwater keys create NAME --role admin`, or bind to 127.0.0.1."
    )


@lru_cache(maxsize=256)
def is_loopback(host: str) -> bool:
    """Return whether the host names this machine only."""
    if host.lower() in ("localhost", "localhost."):
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _refuse_foreign_pages(request: Request) -> None:
    host = request.headers.get("host", "")
    if host and not _is_local_url(f"//{host}"):
        raise Forbidden(f"Without any API key only this machine is served, by its own name and not as {host[:200]!r}.")
    origin = request.headers.get("origin")
    if origin and not _is_local_url(origin):
        raise Forbidden(f"Without any API key, web pages of {origin[:200]!r} are not served.")


@lru_cache(maxsize=256)
def _is_local_url(url: str) -> bool:
    try:
        return is_loopback(urlsplit(url).hostname or "")
    except ValueError:
        return False
