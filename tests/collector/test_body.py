"""Reading bodies: size, encodings, bombs, and the budget of bytes in flight."""

import asyncio
import gzip
import tracemalloc
from collections.abc import AsyncIterator, Callable
from io import BytesIO

import pytest
import zstandard
from headwater_collector.body import Budget, decompress, receive
from headwater_collector.errors import NotAnEvent, Overloaded, TooLarge

from tests.waiting import PATIENCE

LIMIT = 1024 * 1024
COMPRESSORS = [("gzip", gzip.compress), ("zstd", zstandard.compress)]
CONTENTS = [b"", b"abc", bytes(range(256)) * 4000, b"x" * LIMIT]
MANY = pytest.mark.parametrize(("encoding", "compress"), COMPRESSORS)


@MANY
@pytest.mark.parametrize("content", CONTENTS, ids=len)
def test_content_comes_back(encoding: str, compress: Callable[[bytes], bytes], content: bytes) -> None:
    assert decompress(compress(content), encoding, LIMIT) == content


@MANY
def test_members_and_frames_may_follow_each_other(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    assert decompress(compress(b"one ") + compress(b"") + compress(b"two"), encoding, LIMIT) == b"one two"


def test_zstd_frame_without_size_as_streams_write_it() -> None:
    compressor = zstandard.ZstdCompressor().compressobj()
    body = compressor.compress(b"x" * 100_000) + compressor.flush()
    assert decompress(body, "zstd", LIMIT) == b"x" * 100_000


@pytest.mark.parametrize("encoding", ["", "identity", "Identity"])
def test_identity(encoding: str) -> None:
    assert decompress(b"abc", encoding, LIMIT) == b"abc"


@MANY
@pytest.mark.parametrize("content", CONTENTS, ids=len)
def test_a_body_that_breaks_off_is_refused(encoding: str, compress: Callable[[bytes], bytes], content: bytes) -> None:
    with pytest.raises(NotAnEvent, match="breaks off"):
        decompress(compress(content)[:-1], encoding, LIMIT)


@pytest.mark.parametrize("encoding", ["gzip", "zstd"])
def test_a_body_that_is_not_compressed_is_refused(encoding: str) -> None:
    with pytest.raises(NotAnEvent, match=f"the {encoding} body is broken"):
        decompress(b'{"not": "compressed"}', encoding, LIMIT)


def test_an_unknown_encoding_is_refused_with_those_that_can_be_read() -> None:
    with pytest.raises(NotAnEvent, match="'br' cannot be read: use one of identity, gzip, zstd"):
        decompress(b"", "br", LIMIT)


@MANY
def test_content_at_and_over_the_limit(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    assert len(decompress(compress(bytes(LIMIT)), encoding, LIMIT)) == LIMIT
    with pytest.raises(TooLarge, match="larger than"):
        decompress(compress(bytes(LIMIT + 1)), encoding, LIMIT)


@MANY
def test_a_bomb_never_takes_much_memory(encoding: str, compress: Callable[[bytes], bytes]) -> None:
    bomb = compress(bytes(300 * LIMIT))
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge):
            decompress(bomb, encoding, LIMIT)
        assert tracemalloc.get_traced_memory()[1] < 8 * LIMIT
    finally:
        tracemalloc.stop()


def test_a_zstd_window_that_takes_much_memory_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(3, window_log=27, write_content_size=False)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    with pytest.raises(NotAnEvent, match="too much memory"):
        decompress(compressor.compress(b"x" * 1000) + compressor.flush(), "zstd", LIMIT)


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def read(*parts: bytes, declared: int | None = None, limit: int = 10, budget: Budget | None = None) -> bytes:
    async def work() -> bytes:
        with (budget or Budget(100)).hold() as held:
            return await receive(chunks(*parts), declared, limit, held, BytesIO())

    return asyncio.run(work())


def test_body_at_and_over_the_limit() -> None:
    assert read(b"01234", b"56789") == b"0123456789"
    assert read(b"0123456789", declared=10) == b"0123456789"
    with pytest.raises(TooLarge):
        read(b"01234", b"567890")
    with pytest.raises(TooLarge):
        read(declared=11)


def test_the_budget_refuses_what_has_no_room_and_is_given_back() -> None:
    budget = Budget(15)
    with budget.hold() as one:
        one.grow_to(10)
        with budget.hold() as other, pytest.raises(Overloaded):
            other.grow_to(6)
        with budget.hold() as other:
            other.grow_to(5)
            assert budget.used == 15
    assert budget.used == 0


def test_one_body_always_fits() -> None:
    budget = Budget(5)
    assert read(b"0123456789", budget=budget) == b"0123456789"
    assert budget.used == 0


def test_whoever_declares_a_size_waits_for_room_in_order() -> None:
    async def work() -> list[str]:
        budget, done = Budget(10, patience=PATIENCE), list[str]()

        async def one(name: str, size: int) -> None:
            with budget.hold() as held:
                await held.reserve(size)
                done.append(name)
                await asyncio.sleep(0)

        with budget.hold() as first:
            await first.reserve(8)
            tasks = [asyncio.create_task(one(name, size)) for name, size in (("large", 9), ("small", 1))]
            await asyncio.sleep(0)
            assert done == []
        await asyncio.gather(*tasks)
        assert budget.used == 0
        return done

    assert asyncio.run(work()) == ["large", "small"]


def test_who_waits_too_long_is_refused_and_leaves_no_trace() -> None:
    async def work() -> None:
        budget = Budget(10, patience=0.01)
        with budget.hold() as first:
            await first.reserve(8)
            with budget.hold() as second:
                with pytest.raises(Overloaded):
                    await second.reserve(3)
                await second.reserve(2)
                assert budget.used == 10
        assert budget.used == 0

    asyncio.run(work())
