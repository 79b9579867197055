"""A digest of the whole graph: equal graphs, and only those, have equal digests, in whatever order they were built."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

import neo4j
import orjson

from headwater_graph.driver_errors import graph_errors
from headwater_graph.statements import statement

_MODULUS = 1 << 256


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest as 64 hex digits, and what it was made from; facts, positions and the lease are not part of it."""

    sha256: str
    nodes: int
    relationships: int


def graph_digest(driver: neo4j.Driver, database: str | None = None) -> Digest:
    """Read the whole graph and return its digest: the sum of the SHA-256 of every node and relationship."""
    total, counts = 0, [0, 0]
    with graph_errors(), driver.session(database=database, default_access_mode=neo4j.READ_ACCESS) as session:
        for index, name in enumerate(("write/digest_nodes", "write/digest_edges")):
            for record in session.run(statement(name)):
                total = (total + _number(record.data())) % _MODULUS
                counts[index] += 1
    return Digest(f"{total:064x}", *counts)


def _number(element: Mapping[str, Any]) -> int:
    content = {**element, "labels": sorted(element.get("labels", ()))}
    return int.from_bytes(sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str)).digest())
