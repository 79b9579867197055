"""What real producers sent, as the tests keep it: each round is a new set of their runs, a day later."""

import random
import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Final
from uuid import UUID

import orjson

from tests.producers.recording import names, recorded

_RUN_ID: Final = re.compile(rb'"runId": ?"([0-9a-fA-F-]{36})"')
_ANY: Final = re.compile(rb"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
"""Ids of runs stand in facets under other names, too."""
_DAY: Final = len("2026-01-31")


def real_rounds(first: int, count: int) -> Iterator[bytes]:
    """Yield every recorded event once a round, in the order of the recordings, for these rounds."""
    bodies = [body for name in names() for body in recorded(name)]
    runs = sorted({found for body in bodies for found in _RUN_ID.findall(body)})
    for number in range(first, first + count):
        renamed = {run: _another(run, number) for run in runs}
        for body in bodies:
            yield _later(_renamed(body, renamed), number)


def _renamed(body: bytes, renamed: Mapping[bytes, bytes]) -> bytes:
    return _ANY.sub(lambda found: renamed.get(found[0], found[0]), body)


def _another(run: bytes, number: int) -> bytes:
    draw = random.Random(f"{run.decode()}/{number}")
    return str(UUID(int=draw.getrandbits(128), version=4)).encode()


def _later(body: bytes, days: int) -> bytes:
    event = orjson.loads(body)
    time = event["eventTime"]
    event["eventTime"] = (date.fromisoformat(time[:_DAY]) + timedelta(days)).isoformat() + time[_DAY:]
    return orjson.dumps(event)
