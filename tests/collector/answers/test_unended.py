"""Runs that were not heard of again."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from headwater_collector.answers.present import Branch, label
from headwater_collector.answers.unended import mark_unended

DAY = timedelta(days=1)


def run(state: str, last: datetime | None) -> dict[str, Any]:
    told = {"lastEventAt": last.isoformat().replace("+00:00", "Z")} if last else {}
    return {"kind": "run", "key": "run|x", "runId": "x", "name": "job", "state": state, **told}


@pytest.mark.parametrize("microsecond", [0, 250_000])
@pytest.mark.parametrize(
    ("state", "ago", "unended"),
    [
        ("START", 2 * DAY, True),
        ("RUNNING", 2 * DAY, True),
        ("RUNNING", DAY / 2, False),
        ("COMPLETE", 2 * DAY, False),
        ("FAIL", 2 * DAY, False),
    ],
)
def test_a_run_without_end_or_word_is_unended(state: str, ago: timedelta, unended: bool, microsecond: int) -> None:
    node = run(state, (datetime.now(UTC) - ago).replace(microsecond=microsecond))
    mark_unended([node], DAY)
    assert node.get("unended", False) is unended
    assert ("no word since" in label(Branch(node)).plain) is unended


def test_nanoseconds_and_other_nodes() -> None:
    old = {**run("START", None), "lastEventAt": "2026-01-01T00:00:00.123456789Z"}
    stub, dataset = run("START", None), {"kind": "dataset", "key": "dataset|n|d"}
    mark_unended([old, stub, dataset], DAY)
    assert [node.get("unended") for node in (old, stub, dataset)] == [True, None, None]
