"""Texts as the graph keeps them: long ones are compressed."""

import threading
from typing import Final

import zstandard

LONG: Final = 500
"""Characters from which on a text is compressed: Neo4j keeps long values in records of 128 bytes, and each costs."""


class _Codec(threading.local):
    def __init__(self) -> None:
        self.compressor = zstandard.ZstdCompressor(level=1)
        self.decompressor = zstandard.ZstdDecompressor()


_codec: Final = _Codec()


def packed(text: str) -> str | bytes:
    """Return what to write to the graph: the text if it is short, else its UTF-8 compressed by zstd."""
    return text if len(text) < LONG else _codec.compressor.compress(text.encode())


def unpacked(stored: str | bytes) -> str:
    """Return the text that `packed` packed; one that was written as it is, however long, is returned as it is."""
    return stored if isinstance(stored, str) else _codec.decompressor.decompress(stored).decode()
