"""Reading a request's body: bounded in size, also after decompression, and in memory over all requests together."""

import asyncio
import zlib
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from io import BytesIO
from types import TracebackType
from typing import Final, Self

import zstandard

from headwater_collector.errors import NotAnEvent, Overloaded, TooLarge

PATIENCE_SECONDS: Final = 2.0
"""How long a body waits for room; senders give up after five seconds."""

_STEP: Final = 256 * 1024
# zstd has no limit on the output of one call, but a block holds at most 128 KiB and needs 4 bytes: 4 MiB at once.
_ZSTD_STEP: Final = 128
# A frame may ask its reader to keep up to 2 GiB; every reader must support 8 MiB, and the largest body needs 16.
_ZSTD_WINDOW: Final = 16 * 1024 * 1024

ENCODINGS: Final = ("identity", "gzip", "zstd")
"""The content encodings that can be read."""


class Budget:
    """How many bytes of bodies may be in memory at one time. Used from one thread: that of the event loop."""

    def __init__(self, limit: int, patience: float = PATIENCE_SECONDS) -> None:
        self.limit = limit
        self.used = 0
        self._patience = patience
        self._waiting: deque[tuple[asyncio.Future[None], int]] = deque()

    def hold(self) -> "Held":
        """Return a share of nothing yet, to be used in a ``with`` statement that gives all of it back."""
        return Held(self)

    async def take(self, size: int) -> None:
        """Take so many bytes, after those who wait already. Raises `Overloaded` if there is no room in time."""
        if not self._waiting and self.has_room(size):
            self.used += size
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((turn, size))
        try:
            async with asyncio.timeout(self._patience):
                await turn
        except BaseException as error:
            self._give_up(turn, size)
            if isinstance(error, TimeoutError):
                raise overloaded() from None
            raise

    def has_room(self, more: int) -> bool:
        """Return whether so many bytes can be taken; if nobody holds any, always."""
        return self.used == 0 or self.used + more <= self.limit

    def give_back(self, size: int) -> None:
        """Make room, for those who wait first."""
        self.used -= size
        while self._waiting and self.has_room(self._waiting[0][1]):
            turn, wanted = self._waiting.popleft()
            if not turn.done():
                self.used += wanted
                turn.set_result(None)

    def _give_up(self, turn: asyncio.Future[None], size: int) -> None:
        if (turn, size) in self._waiting:
            self._waiting.remove((turn, size))
            self.give_back(0)
        elif not turn.cancelled():  # granted in the very moment of giving up
            self.give_back(size)


class Held:
    """What one request holds of the budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._size = 0

    async def reserve(self, size: int) -> None:
        """Hold `size` bytes, after a short wait if need be: a body that waits unread takes no memory here.

        To be called first. Raises `Overloaded` when there is no room in time.
        """
        await self._budget.take(size)
        self._size = size

    def grow_to(self, size: int) -> None:
        """Hold at least `size` bytes, now: whoever holds something must not wait for others. Raises `Overloaded`."""
        others = self._budget.used - self._size
        if others and others + size > self._budget.limit:
            raise overloaded()
        self._budget.used += max(size - self._size, 0)
        self._size = max(size, self._size)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._budget.give_back(self._size)
        self._size = 0


def overloaded() -> Overloaded:
    """Return the error that asks a sender to come again."""
    return Overloaded("Too many bytes of events are being received at once: send this again in a moment.")


async def receive(
    chunks: AsyncIterator[bytes], declared: int | None, limit: int, held: Held, received: BytesIO
) -> bytes:
    """Return the whole body as sent, of at most `limit` bytes, through `received`, which never makes a second copy.

    `declared` is its Content-Length if there is one. Raises `TooLarge`, and `Overloaded` from the budget; `received`
    then holds what had come by then.
    """
    if declared is not None:
        _check_size(declared, limit)
        await held.reserve(declared)
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        _check_size(size, limit)
        held.grow_to(size)
        received.write(chunk)
    return received.getvalue()


def decompress(body: bytes, encoding: str, limit: int) -> bytes:
    """Return the body without its Content-Encoding; never makes more than a few MiB beyond `limit` on the way.

    Raises `TooLarge` when the content is over `limit`, `NotAnEvent` when it cannot be read.
    """
    pieces = _DECODERS.get(encoding.strip().lower())
    if pieces is None:
        raise NotAnEvent(f"Content-Encoding {encoding[:60]!r} cannot be read: use one of {', '.join(ENCODINGS)}")
    parts: list[bytes] = []
    size = 0
    for piece in pieces(body):
        size += len(piece)
        _check_size(size, limit)
        parts.append(piece)
    return b"".join(parts)


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(
            f"The body is larger than {limit} bytes: leave large facets out, or raise HEADWATER_MAX_BODY_BYTES."
        )


def _plain(body: bytes) -> Iterator[bytes]:
    yield body


def _gunzip(body: bytes) -> Iterator[bytes]:
    rest = body
    while rest:
        member = zlib.decompressobj(wbits=31)
        while not member.eof:
            try:
                piece = member.decompress(rest, _STEP)
            except zlib.error as error:
                raise NotAnEvent(f"the gzip body is broken: {error}") from None
            if not piece and not member.unconsumed_tail and not member.eof:
                raise NotAnEvent("the gzip body breaks off before its end")
            rest = member.unconsumed_tail
            yield piece
        rest = member.unused_data.lstrip(b"\0")  # gzip(1) allows zeros as padding


def _unzstd(body: bytes) -> Iterator[bytes]:
    decompressor = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    frame = decompressor.decompressobj()
    for start in range(0, len(body), _ZSTD_STEP):
        rest = body[start : start + _ZSTD_STEP]
        while rest:
            if frame.eof:
                frame = decompressor.decompressobj()
            try:
                yield frame.decompress(rest)
            except zstandard.ZstdError as error:
                raise NotAnEvent(f"the zstd body is broken: {error}") from None
            rest = frame.unused_data if frame.eof else b""
    if not frame.eof:
        raise NotAnEvent("the zstd body breaks off before its end")


_DECODERS: Final[dict[str, Callable[[bytes], Iterator[bytes]]]] = {
    "": _plain,
    "identity": _plain,
    "gzip": _gunzip,
    "x-gzip": _gunzip,
    "zstd": _unzstd,
}
