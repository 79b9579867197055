"""Where a traversal starts for what a person asked for."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from headwater_graph.keys import kind_of
from headwater_graph.queries import Queries

from headwater_collector.answers.alias_names import Names
from headwater_collector.answers.granularity import Parts
from headwater_collector.answers.names import Thing, column_keys, newest_version
from headwater_collector.answers.question import Level
from headwater_collector.errors import BadRequest, NotFound

_ACTS: Final = ("job", "run")
_MOST_VERSIONS: Final = 1_000


@dataclass(frozen=True, slots=True)
class Start:
    """Where a traversal at some level starts, and why there if it is not the thing itself."""

    keys: list[str]
    resolved: dict[str, Any] | None = None
    whole: bool = True
    """False where it starts at some of many things only."""


def at_level(
    queries: Queries, thing: Thing, level: Level, as_of: datetime, parts: Parts | None, *, upstream: bool
) -> Start:
    """Return where a traversal of this level starts for a thing, e.g. the newest version of a dataset at run level.

    A job, run or dataset stands for all that are part of it, too, unless it is asked for alone, without a way to find
    parts. Upstream, a part also stands for what it is part of, if that was written since: its content came with it.
    Raises `NotFound` where the thing has nothing at that level.
    """
    if level == "run":
        start = _at_run_level(queries, thing, as_of, parts, upstream=upstream)
    else:
        start = _at_column_level(queries, thing, parts) if level == "column" else _at_design_level(queries, thing)
    if parts is None or len(start.keys) != 1 or kind_of(start.keys[0]) not in _ACTS:
        return start
    return _with_parts(queries, start)


def _with_parts(queries: Queries, start: Start) -> Start:
    found = [row[0] for row in queries.read("parts_of", keys=start.keys, cap=_MOST_VERSIONS + 1)["found"]]
    if not found:
        return start
    keys = [*start.keys, *found[:_MOST_VERSIONS]]
    why = f"{start.resolved['why']} and" if start.resolved else "it and"
    return Start(keys, {"why": f"{why} what is part of it", "keys": keys}, start.whole and len(found) <= _MOST_VERSIONS)


def _at_run_level(queries: Queries, thing: Thing, as_of: datetime, parts: Parts | None, *, upstream: bool) -> Start:
    if thing.kind in {"run", "version"}:
        return Start([thing.key])
    if thing.kind == "job":
        return _at_newest_run(queries, thing, as_of)
    dataset = thing.properties.get("datasetKey", thing.key)
    newest = newest_version(queries, dataset, as_of)
    inside, around = parts.overlapping(queries, dataset) if parts else ([], [])
    of_parts = _newest_of(queries, inside, newest, as_of)
    of_wholes = _newest_of(queries, around, newest, as_of) if upstream else []
    if newest or of_parts or of_wholes:
        keys = list(dict.fromkeys([*newest, *of_parts, *of_wholes]))
        return Start(keys, {"why": _why(newest, of_parts, of_wholes), "keys": keys}, not (parts and parts.cut))
    keys = queries.read("versions_of", dataset=dataset, limit=_MOST_VERSIONS + 1)["found"]
    if not keys:
        raise NotFound(f"No run has read or written {thing.path} yet; ask at level=design.")
    whole, keys = len(keys) <= _MOST_VERSIONS, keys[:_MOST_VERSIONS]
    why = f"{'' if whole else 'some '}versions of the dataset, of which no write is known"
    return Start(keys, {"why": why, "keys": keys}, whole)


def _why(newest: list[str], of_parts: list[str], of_wholes: list[str]) -> str:
    if not newest:
        found = ("each of its parts" if of_parts else "", "what it is part of" if of_wholes else "")
        return f"newest version of {' and of '.join(filter(None, found))}"
    since = ("of its parts" if of_parts else "", "of what it is part of" if of_wholes else "")
    more = " and ".join(filter(None, since))
    return f"newest version of the dataset{f', and {more} written since' if more else ''}"


def _at_newest_run(queries: Queries, job: Thing, as_of: datetime) -> Start:
    found = queries.read("newest_run", job=job.key, asOf=as_of)["found"]
    if not found:
        raise NotFound(f"The job {job.path} has no run yet; ask at level=design.")
    ((run, jobs),) = found
    why = "newest run of the job" if jobs == 1 else f"newest run of the job, which {jobs:,} jobs share"
    return Start([run], {"why": why, "keys": [run]})


def _parts_of(queries: Queries, thing: Thing, parts: Parts | None) -> list[str]:
    """Return the keys of the parts of the dataset that a thing is, or is a column of."""
    dataset = thing.properties.get("datasetKey", thing.key)
    return parts.of(queries, dataset) if parts else []


def _newest_of(queries: Queries, datasets: list[Names], than: list[str], as_of: datetime) -> list[str]:
    """Return the newest version of each of these datasets, of those written after a version if one is given."""
    if not datasets:
        return []
    keys: list[str] = queries.read("newest_versions", datasets=datasets, than="".join(than), asOf=as_of)["found"]
    return keys


def _at_design_level(queries: Queries, thing: Thing) -> Start:
    if thing.kind in {"dataset", "job"}:
        return Start([thing.key])
    if thing.kind == "run":
        keys = queries.read("jobs_of_run", run=thing.key)["found"]
        return Start(keys, {"why": "job of the run", "keys": keys})
    keys = [thing.properties["datasetKey"]]
    return Start(keys, {"why": f"dataset of the {thing.kind}", "keys": keys})


def _at_column_level(queries: Queries, thing: Thing, parts: Parts | None) -> Start:
    if thing.kind == "column":
        return Start([thing.key, *column_keys(_parts_of(queries, thing, parts), thing.properties["field"])])
    if thing.kind in {"job", "run"}:
        raise BadRequest(f"A {thing.kind} has no columns; ask for one of its datasets, or at another level.")
    dataset = thing.properties.get("datasetKey", thing.key)
    keys = queries.read("columns_of", datasets=[dataset, *_parts_of(queries, thing, parts)])["found"]
    if not keys:
        raise NotFound("No column lineage is known of this dataset; ask at level=design.")
    return Start(keys, {"why": "all columns of the dataset that lineage names", "keys": keys})
