"""Receiving events over HTTP: an event is answered with a 2xx only when it is durable in the log."""

import asyncio
import time
from codecs import BOM_UTF8
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Final, TypeVar

import orjson
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from headwater_collector.batch import split_batch
from headwater_collector.body import Held, decompress, receive
from headwater_collector.errors import BadRequest, Forbidden, Overloaded, Rejected, Unauthorized
from headwater_collector.event_json import alone_if_large
from headwater_collector.log.eventlog import Draft
from headwater_collector.log.gathered_append import GatheredAppend
from headwater_collector.parse import parse_event
from headwater_collector.server.access import Access, access_of
from headwater_collector.server.problem import status_of
from headwater_collector.server.services import Services

T = TypeVar("T")

INLINE_BYTES: Final = 64 * 1024
"""Larger bodies are parsed in a thread, one at a time: small ones do not wait for them, and memory stays bounded."""

BODY_SECONDS: Final = 60
"""A body that takes longer to arrive is given up: it holds memory that others need."""

_INLINE_COMPRESSED: Final = 8 * 1024
_KEPT_FAILURES: Final = 100


@dataclass(frozen=True, slots=True)
class Failure:
    """One element of a batch that is not accepted."""

    index: int
    body: bytes
    reason: str
    status: int


@dataclass(slots=True)
class Judged:
    """The elements of a batch: those to record and those to refuse."""

    drafts: list[Draft] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


class Receiver:
    """Takes events in for one event loop; close it when done."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._limit = services.settings.max_body_bytes
        self._large = ThreadPoolExecutor(1, "headwater-large-body")
        self._gathered: GatheredAppend | None = None

    async def one(self, request: Request) -> Response:
        """Answer a request that sends one event."""
        async with self._body(request) as (body, access):
            if len(body) <= INLINE_BYTES:
                await self._append([draft_of(body, access)])
            else:
                await self._in_thread(lambda: self._services.log.append([draft_of(body, access)]))
            self._services.meters.accepted.inc()
            self._services.meters.bytes.inc(len(body))
        return Response(status_code=201)

    async def batch(self, request: Request) -> Response:
        """Answer a request that sends several events: each is judged alone, the accepted ones share a commit."""
        async with self._body(request) as (body, access):
            content_type = request.headers.get("content-type", "")
            if len(body) <= INLINE_BYTES:
                judged = judge(split_batch(body, content_type), access)
                await self._append(judged.drafts)
            else:
                judged = await self._in_thread(lambda: self._record_batch(body, content_type, access))
            for failure in judged.failures[:_KEPT_FAILURES]:
                await self._keep_rejected(failure.body, failure.reason, failure.status)
            self._services.meters.accepted.inc(len(judged.drafts))
            self._services.meters.bytes.inc(sum(len(draft.body) for draft in judged.drafts))
        return _summary(judged)

    def close(self) -> None:
        """Finish the large bodies under way and end their thread."""
        self._large.shutdown()

    @asynccontextmanager
    async def _body(self, request: Request) -> AsyncIterator[tuple[bytes, Access]]:
        """Yield the request's body, decompressed, and what its sender may do; keep what is then rejected."""
        started = time.perf_counter()
        received, body = BytesIO(), b""
        try:
            access = access_of(request, self._services)
            access.require_emit()
            self._refuse_when_full()
            with self._services.budget.hold() as held:
                body = await self._received(request, held, received)
                body = await self._decompressed(body, request.headers.get("content-encoding", ""), held)
                body = body.removeprefix(BOM_UTF8)  # RFC 8259 lets a reader ignore it; files of Windows begin so
                yield body, access
        except Exception as error:
            self._services.meters.refused.labels(str(status_of(error))).inc()
            if isinstance(error, Rejected) and not isinstance(error, Unauthorized | Forbidden):
                await self._keep_rejected(body or received.getvalue(), str(error), status_of(error))
            raise
        finally:
            self._services.meters.seconds.observe(time.perf_counter() - started)

    def _refuse_when_full(self) -> None:
        services = self._services
        if services.log.end() - services.index.applied_through() >= services.settings.max_backlog_events:
            raise Overloaded("The graph is too far behind the log: send this again later. `headwater status` says why.")

    async def _received(self, request: Request, held: Held, received: BytesIO) -> bytes:
        length = request.headers.get("content-length", "")
        declared = int(length) if length.isdecimal() else None
        try:
            async with asyncio.timeout(BODY_SECONDS):
                return await receive(request.stream(), declared, self._limit, held, received)
        except TimeoutError:
            raise Overloaded(f"The body did not arrive within {BODY_SECONDS} seconds: send this again.") from None
        except ClientDisconnect:
            raise BadRequest("The connection was closed before the end of the body.") from None

    async def _decompressed(self, body: bytes, encoding: str, held: Held) -> bytes:
        if not encoding:
            return body
        if len(body) > _INLINE_COMPRESSED:
            held.grow_to(len(body) + self._limit)
            return await self._in_thread(lambda: decompress(body, encoding, self._limit))
        content = decompress(body, encoding, self._limit)
        held.grow_to(len(body) + len(content))
        return content

    def _record_batch(self, body: bytes, content_type: str, access: Access) -> Judged:
        judged = judge(split_batch(body, content_type), access)
        if judged.drafts:
            self._services.log.append(judged.drafts)
        return judged

    async def _append(self, drafts: Sequence[Draft]) -> None:
        if not drafts:
            return
        if self._gathered is None:
            self._gathered = GatheredAppend(self._services.log.submit, asyncio.get_running_loop())
        await self._gathered.append(drafts)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._large, work)

    async def _keep_rejected(self, body: bytes, reason: str, status: int) -> None:
        await asyncio.to_thread(self._services.index.record_rejected, body, reason, status)


def judge(bodies: Iterable[bytes], access: Access) -> Judged:
    """Return which of the bodies are events that the sender may write."""
    judged = Judged()
    for index, body in enumerate(bodies):
        try:
            judged.drafts.append(draft_of(body, access))
        except Rejected as error:
            judged.failures.append(Failure(index, body, str(error), status_of(error)))
    return judged


def draft_of(body: bytes, access: Access) -> Draft:
    """Return the event as it goes into the log; raises `Rejected` if it is none, or not the sender's to write."""
    with alone_if_large(body):
        event = parse_event(body)
        access.require_writing(event)
        draft = Draft(event.id, body, event.warnings)
        del event  # before another large one may be parsed
    return draft


def _summary(judged: Judged) -> Response:
    failed, successful = len(judged.failures), len(judged.drafts)
    body = {
        "status": "partial_success" if failed else "success",
        "summary": {
            "received": successful + failed,
            "successful": successful,
            "failed": failed,
            "retriable": 0,
            "non_retriable": failed,
        },
        "failed_events": [
            {"index": failure.index, "reason": failure.reason, "retriable": False} for failure in judged.failures
        ],
    }
    return Response(orjson.dumps(body), media_type="application/json")
