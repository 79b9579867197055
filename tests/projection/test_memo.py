"""What is remembered of bytes, and what is not."""

from headwater_collector.projection.memo import remembered


def test_the_latest_small_ones_are_remembered() -> None:
    asked: list[bytes] = []

    @remembered(2, 3)
    def length(raw: bytes) -> int:
        asked.append(raw)
        return len(raw)

    assert [length(raw) for raw in (b"a", b"b", b"a", b"long", b"long", b"c", b"b")] == [1, 1, 1, 4, 4, 1, 1]
    assert asked == [b"a", b"b", b"long", b"long", b"c", b"b"]
