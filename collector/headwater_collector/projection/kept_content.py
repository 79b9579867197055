"""The content of a facet that the graph keeps as it was sent, or a summary where that is too much."""

from hashlib import sha256
from typing import Any, Final

import orjson

from headwater_collector.event_json import read_json
from headwater_collector.large_json import LargeObject, canonical
from headwater_collector.projection.digest import digest_of

MAX_KEPT: Final = 65_536
"""Bytes of a facet that the graph holds as it was sent; of a larger one it holds a summary."""

_KEYS: Final = 100


def content_of(facet: Any) -> tuple[str, str]:
    """Return the digest of a facet, with its size if that is too much for the graph, and the JSON to keep."""
    if isinstance(facet, LargeObject):
        return _of_large(facet)
    text = _written(facet)
    if len(text) <= MAX_KEPT:
        return digest_of(text), text.decode()
    return _summary(sha256(text).hexdigest(), len(text), sorted(facet)[:_KEYS])


def _of_large(facet: LargeObject) -> tuple[str, str]:
    digest, size, begin = sha256(), 0, bytearray()
    for piece in canonical(facet, read_json, _written):
        digest.update(piece)
        size += len(piece)
        if size <= MAX_KEPT:
            begin += piece
    if size <= MAX_KEPT:
        return digest_of(bytes(begin)), begin.decode()
    return _summary(digest.hexdigest(), size, facet.first_names(_KEYS, read_json))


def _summary(digest: str, size: int, keys: list[str]) -> tuple[str, str]:
    told = {"_summary": True, "bytes": size, "sha256": digest, "keys": keys}
    return f"{digest[:32]}:{size}", _written(told).decode()


def _written(value: Any, _depth: int = 0) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
