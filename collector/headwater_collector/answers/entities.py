"""Datasets, jobs, runs and versions: pages of them, and each with what is known of it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import orjson
from headwater_graph.keys import key
from headwater_graph.queries import Queries

from headwater_collector.answers import cursor, names, provenance
from headwater_collector.answers.node import names_in
from headwater_collector.answers.node import role as role_of
from headwater_collector.errors import BadRequest, NotFound

STATES: Final = ("FAIL", "ABORT", "COMPLETE", "RUNNING", "START", "OTHER")
MAX_PAGE: Final = 1_000

_END: Final = "9999-12-31T00:00:00Z"
_BEGINNING: Final = "0001-01-01T00:00:00Z"

_MAPS: Final = frozenset(
    ("inputs", "outputs", "triggers", "triggeredBy", "fedBy", "feeds", "tags", "columnTags", "tests", "metrics", "code")
)
"""Members of an entity that are maps or lists of them, of which what is not known is left out as well."""

Item = dict[str, Any]
Page = dict[str, Any]


def datasets(queries: Queries, namespace: str | None, after: str | None, limit: int) -> Page:
    """Return a page of datasets, all or those of a namespace, in order of their keys."""
    return _page_by_key(queries, "datasets", "dataset", namespace, after, limit)


def jobs(queries: Queries, namespace: str | None, after: str | None, limit: int) -> Page:
    """Return a page of jobs, all or those of a namespace, in order of their keys."""
    return _page_by_key(queries, "jobs", "job", namespace, after, limit)


def _page_by_key(
    queries: Queries, statement: str, kind: str, namespace: str | None, after: str | None, limit: int
) -> Page:
    (place,) = cursor.decode(after, ("",))
    prefix = f"{kind}|" if namespace is None else key(kind, namespace, "")
    items = queries.read(statement, prefix=prefix, after=place, limit=most(limit))["items"]
    return _page(statement, [shown(item) for item in items], limit, lambda item: (item["key"],))


def runs(queries: Queries, job: str | None, state: str | None, after: str | None, limit: int) -> Page:
    """Return a page of runs, newest first: all, or those of a job given by name, or in a state.

    Runs that no event is of and that only a child named as its parent are listed with their job only.
    """
    if state is not None and state.upper() not in STATES:
        raise BadRequest(f"state={state}: it is one of {', '.join(STATES)}.")
    before, before_key = cursor.decode(after, (_END, ""))
    place: dict[str, Any] = {"before": cursor.moment(before), "beforeKey": before_key, "limit": most(limit)}
    states = [state.upper()] if state else []
    if job is None:
        rows = queries.read("runs", states=states, **place)
    else:
        found = names.find(queries, job, ("job",))
        rows = queries.read("runs_of_job", job=found.key, states=states, **place)
    return _page(
        "runs", [shown(run) for run in rows["items"]], limit, lambda run: (run.get("at", _BEGINNING), run["key"])
    )


def versions(queries: Queries, dataset: str, after: str | None, limit: int) -> Page:
    """Return a page of the versions of a dataset given by name, newest first, those without a known write last."""
    before, before_key = cursor.decode(after, (_END, ""))
    found = names.find(queries, dataset, ("dataset",))
    place: dict[str, Any] = {"before": cursor.moment(before), "beforeKey": before_key, "limit": most(limit)}
    items = queries.read("versions", dataset=found.key, **place)["items"]
    return _page(
        "versions",
        [shown(version) for version in items],
        limit,
        lambda version: (version.get("writtenAt", _BEGINNING), version["key"]),
    )


def most(limit: int) -> int:
    """Return the most that a page may hold. Raises `BadRequest` if that is nothing or too much."""
    if not 1 <= limit <= MAX_PAGE:
        raise BadRequest(f"limit={limit}: it is between 1 and {MAX_PAGE:,}.")
    return limit


def _page(what: str, items: list[Item], limit: int, place: Callable[[Item], tuple[str, ...]]) -> Page:
    more = cursor.encode(*place(items[-1])) if len(items) == limit else None
    return {what: items, "nextCursor": more}


def dataset(queries: Queries, name: str) -> Item:
    """Return a dataset given by name, with its facets and what stands around it now."""
    return _detail(queries, "dataset", name, now=datetime.now(UTC))


def job(queries: Queries, name: str) -> Item:
    """Return a job given by name, with its facets and what stands around it now."""
    return _detail(queries, "job", name, now=datetime.now(UTC))


def run(queries: Queries, name: str) -> Item:
    """Return a run given by its id or key, with its facets, inputs, outputs, code, parameters and environment."""
    item = _detail(queries, "run", name)
    item["environments"] = provenance.add(queries, [item])
    return item


def version(queries: Queries, name: str) -> Item:
    """Return a version given as name@version or by key, with its facets, writers, readers and checks."""
    item = _detail(queries, "version", name)
    provenance.add(queries, [item])
    return item


def _detail(queries: Queries, kind: str, name: str, **parameters: Any) -> Item:
    found = names.find(queries, name, (kind,))
    item = queries.read(kind, key=found.key, **parameters)["item"]
    if item is None:
        raise NotFound(f"{name} is there no more.")
    item = {part: _said(value) if part in _MAPS else value for part, value in item.items()}
    facets = queries.read("facets_of", keys=[found.key])["facets"]
    return {**shown(item), **_kept(facets, of_version=kind == "version")}


def _kept(rows: list[list[Any]], *, of_version: bool) -> Item:
    """Return the kept facets by name, with those that a run or job has of its inputs and outputs, by dataset."""
    own: Item = {}
    of_access: dict[str, dict[str, Item]] = {}
    for facet, json, dataset, role in rows:
        apart = dataset and not of_version
        found = of_access.setdefault(f"{role}Facets", {}).setdefault(dataset, {}) if apart else own
        found[facet] = orjson.loads(json)
    return {"facets": own, **of_access}


def _said(value: Any) -> Any:
    if isinstance(value, list):
        return [_said(each) for each in value]
    return {n: v for n, v in value.items() if v is not None} if isinstance(value, dict) else value


def shown(item: Item) -> Item:
    """Return an entity as the API shows it: with its kind, and without what is not known of it."""
    kind = item["key"].partition("|")[0]
    told = {"key": item["key"], "kind": kind, **item, "role": role_of(item.get("labels", ()))}
    told.pop("labels", None)
    owner = told.get("jobKey") or told.get("datasetKey")
    if owner:
        told["namespace"], told["name"] = names_in(owner)
    return {name: value for name, value in told.items() if value is not None}


def search(queries: Queries, text: str, limit: int) -> dict[str, Any]:
    """Return the datasets and jobs that words of a text name, best first."""
    return {"results": names.search(queries, text, most(limit))}
