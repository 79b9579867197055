"""What Headwater's API tells of the whole graph: entities by kind, each as the API shows it."""

import json
from collections.abc import Iterator
from typing import Any, Final

import httpx

Row = dict[str, Any]

API: Final = "/api/headwater/v1"
KINDS: Final = ("job", "run", "dataset", "wiring", "column")
"""Kinds of entities; `wiring` is between jobs and datasets, `column` between columns."""

_LISTS: Final = ("columns", "columnTypes", "hierarchy")
"""Members of entities whose order means something; all others are in any order."""
_WIRING: Final = ("FEEDS", "PRODUCES")


def state(http: httpx.Client) -> dict[str, list[Row]]:
    """Return all entities by kind, in the order of their names."""
    jobs, runs, datasets = (list(_details(http, kind)) for kind in ("job", "run", "dataset"))
    found = {
        "job": jobs,
        "run": runs,
        "dataset": datasets,
        "wiring": [edge for job in jobs for edge in _wiring(http, job["key"])],
        "column": [edge for dataset in datasets for edge in _column_lineage(http, dataset["key"])],
    }
    return {kind: [one for _, one in sorted(named(rows).items())] for kind, rows in found.items()}


def named(rows: list[Row]) -> dict[str, Row]:
    """Return entities by what identifies them: the key of a node, the ends of an edge and what kind of edge it is."""
    return {name_of(row): row for row in rows}


def name_of(row: Row) -> str:
    """Return what identifies an entity."""
    if "key" in row:
        return str(row["key"])
    kind = " ".join(str(row[name]) for name in ("type", "job", "transformation", "subtype") if name in row)
    return f"{row['source']} -[{kind}]-> {row['target']}"


def get(http: httpx.Client, path: str, **parameters: str | int) -> Any:
    """Return the answer to a question."""
    answer = http.get(f"{API}/{path}", params=parameters)
    answer.raise_for_status()
    return answer.json()


def _details(http: httpx.Client, kind: str) -> Iterator[Row]:
    cursor: dict[str, str] = {}
    while True:
        page = get(http, f"{kind}s", limit=1_000, **cursor)
        for item in page[f"{kind}s"]:
            yield _ordered(get(http, f"{kind}s", key=item["key"]))
        if page["nextCursor"] is None:
            return
        cursor = {"cursor": page["nextCursor"]}


def _ordered(entity: Row) -> Row:
    free = (name for name, value in entity.items() if isinstance(value, list) and name not in _LISTS)
    return {**entity, **{name: sorted(entity[name], key=_text) for name in free}}


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def _wiring(http: httpx.Client, job: str) -> Iterator[Row]:
    for direction in ("upstream", "downstream"):
        for edge in _edges(http, direction, job, "design"):
            if edge["type"] in _WIRING and job in (edge["source"], edge["target"]):
                yield edge


def _column_lineage(http: httpx.Client, dataset: str) -> Iterator[Row]:
    try:
        edges = _edges(http, "upstream", dataset, "column")
    except httpx.HTTPStatusError as error:
        if error.response.status_code != httpx.codes.NOT_FOUND:  # no lineage names a column of it
            raise
        return
    yield from (edge for edge in edges if edge["type"] == "DERIVES")


def _edges(http: httpx.Client, direction: str, of: str, level: str) -> list[Row]:
    fine = {"granularity": "operation"} if level == "design" else {}
    answer = get(http, direction, of=of, level=level, depth=1, limit=10_000, ended="true", **fine)
    assert answer["complete"] or answer["stoppedBy"] == ["depth"], answer
    found: list[Row] = answer["edges"]
    return found
