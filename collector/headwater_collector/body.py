"""Reading a request's body: bounded in size, also after decompression, and in memory over all requests together."""

import zlib
from collections.abc import AsyncIterator, Callable, Iterator
from types import TracebackType
from typing import Final, Self

import zstandard

from headwater_collector.errors import NotAnEvent, Overloaded, TooLarge

_STEP: Final = 256 * 1024
# zstd has no limit on the output of one call, but a block holds at most 128 KiB and needs 4 bytes: 4 MiB at once.
_ZSTD_STEP: Final = 128
# A frame may ask its reader to keep up to 2 GiB; every reader must support 8 MiB, and the largest body needs 16.
_ZSTD_WINDOW: Final = 16 * 1024 * 1024

ENCODINGS: Final = ("identity", "gzip", "zstd")
"""The content encodings that can be read."""


class Budget:
    """How many bytes of bodies may be in memory at one time. Used from one thread: that of the event loop."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.used = 0

    def hold(self) -> "Held":
        """Return a share of nothing yet, to be used in a ``with`` statement that gives all of it back."""
        return Held(self)


class Held:
    """What one request holds of the budget."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._size = 0

    def grow_to(self, size: int) -> None:
        """Hold at least `size` bytes. Raises `Overloaded` when the budget has no room, but one body always fits."""
        more = size - self._size
        if more <= 0:
            return
        others = self._budget.used - self._size
        if others and self._budget.used + more > self._budget.limit:
            raise Overloaded("Too many bytes of events are being received at once: send this again in a moment.")
        self._budget.used += more
        self._size = size

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._budget.used -= self._size
        self._size = 0


async def receive(
    chunks: AsyncIterator[bytes], declared: int | None, limit: int, held: Held, parts: list[bytes]
) -> bytes:
    """Return the whole body as sent, of at most `limit` bytes; `declared` is its Content-Length if there is one.

    Raises `TooLarge`, and `Overloaded` from the budget; `parts` then holds what had come by then.
    """
    if declared is not None:
        _check_size(declared, limit)
        held.grow_to(declared)
    size = 0
    async for chunk in chunks:
        size += len(chunk)
        _check_size(size, limit)
        held.grow_to(size)
        parts.append(chunk)
    return parts[0] if len(parts) == 1 else b"".join(parts)


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
