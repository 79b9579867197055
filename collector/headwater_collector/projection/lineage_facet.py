"""The lineage facet 1-0-0, of a dataset or a job: the sources that it names, raising `Malformed` with what is wrong."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from headwater_collector.projection.columns import MAX_DESCRIPTION
from headwater_collector.projection.values import JSON, Facet, Malformed, inner, is_filled, plain_text, rows_of

Name = tuple[str, str]
"""Namespace and name."""

OWN: Final = ("", "")
"""Name of a job that is not named: the one of the event."""


def sources(facet: Facet) -> JSON:
    """Return what feeds a dataset, by its facet, or the target of an entry of a job's facet.

    ``[[[namespace, name]], [[namespace, name, run id]]]``: the datasets and the jobs, both sorted.
    """
    inputs, fields, entries = (facet.get(name) for name in ("inputs", "fields", "entries"))
    if not isinstance(inputs, list | None) or not isinstance(fields, dict | None):
        raise Malformed("inputs must be a list and fields an object")
    if not isinstance(entries, list | None):  # which is a job's, and must not be odd here either
        raise Malformed("entries: must be a list")
    rows = list(_inputs(facet))
    datasets = {found for row in rows if row.get("type") == "DATASET" and (found := named(row))}
    jobs = {(*found, run_id(row)) for row in rows if row.get("type") == "JOB" and (found := job_name(row))}
    return [[list(each) for each in sorted(datasets)], [list(each) for each in sorted(jobs)]]


def _inputs(facet: Facet) -> Iterator[dict[str, Any]]:
    for holder in (facet, *inner(facet, "fields").values()):
        found = holder.get("inputs") if isinstance(holder, Mapping) else None
        yield from (each for each in (found if isinstance(found, list) else ()) if isinstance(each, dict))


def named(row: Mapping[str, Any]) -> Name | None:
    """Return namespace and name if both are there."""
    namespace, name = row.get("namespace"), row.get("name")
    return (namespace, name) if is_filled(namespace) and is_filled(name) else None  # type: ignore[return-value]


def job_name(row: Mapping[str, Any]) -> Name | None:
    """Return the name of a job, `OWN` for one without; None where it is named by half."""
    unnamed = row.get("namespace") is None and row.get("name") is None
    return OWN if unnamed else named(row)


def run_id(row: Mapping[str, Any]) -> str:
    """Return the id of the run that comes with a job, empty for none."""
    return plain_text(row.get("runId"))


def jobs_of(found: JSON) -> list[list[str]]:
    """Return the jobs among the sources of a DatasetEvent, which has no job of its own."""
    return [job for job in found[1] if job[1]]


def entries(facet: Facet) -> JSON:
    """Return nothing: what the facet of a job says is wired entry by entry; see `explicit_lineage`."""
    rows_of(facet, "entries")


def says_more(facet: Facet) -> bool:
    """Return whether a facet says what no edge holds: runs and transformations of jobs, or a long description."""
    of_targets = (facet, *rows_of(facet, "entries"))
    return any(_is_more(each) for entry in of_targets for each in (entry, *_inputs(entry)))


def _is_more(row: Mapping[str, Any]) -> bool:
    how = row.get("transformations")
    said = (each.get("description") for each in (how if isinstance(how, list) else ()) if isinstance(each, dict))
    return row.get("type") == "JOB" or any(isinstance(text, str) and len(text) > MAX_DESCRIPTION for text in said)


SOURCES: Final = {"inputs": "(:Dataset)-[:FEEDS]->(:Step)", "fields": "(:Column)-[:DERIVES]->(:Column)"}
ENTRIES: Final = {
    "entries[].namespace": "(:Step)-[:PRODUCES]->(:Dataset)",
    "entries[].name": "(:Job)-[:PRODUCES]->(:Dataset)",
    "entries[].type": "(:Job)-[:FEEDS]->(:Job)",
    "entries[].inputs": "(:Dataset)-[:FEEDS]->(:Step)",
    "entries[].fields": "(:Column)-[:DERIVES]->(:Column)",
    "entries[].runId": "(:Run)-[:FEEDS]->(:Run)",
}
