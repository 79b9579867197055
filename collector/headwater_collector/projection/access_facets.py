"""Facets of one run's input or output: what Headwater takes out of each, raising `Malformed` with what is wrong."""

from collections.abc import Iterable
from typing import Final

from headwater_collector.projection.values import (
    JSON,
    Extractor,
    Facet,
    Malformed,
    compact,
    inner,
    integer_of,
    is_filled,
    is_number,
    object_of,
    optional_text,
    plain_text,
    rows_of,
    text_of,
)

EXPECTATIONS: Final = "greatExpectations_assertions"
"""Key of the facet that holds the results of Great Expectations."""
MAX_SUBSET: Final = 2000
"""Characters of a subset's condition that an edge shows."""

_CHANGES: Final = {"ALTER", "CREATE", "DROP", "OVERWRITE", "RENAME", "TRUNCATE"}
_EXACT: Final = 2**53
"""From here on a float does not hold every integer."""
OF_DATASET: Final = ("rowCount", "bytes", "fileCount")
"""Numbers that the metrics of a dataset have."""
_OF_COLUMN: Final = ("nullCount", "distinctCount", "sum", "count", "min", "max")


def input_role(facet: Facet) -> JSON:
    """Return the role of the headwater_inputRole facet."""
    return text_of(facet, "role")


def assertions(facet: Facet) -> JSON:
    """Return ``[[assertion, column, success, severity, expected, actual]]`` of dataQualityAssertions 1-1-0."""
    found: dict[tuple[str, str], list[JSON]] = {}
    for row in rows_of(facet, "assertions"):
        if is_filled(row.get("assertion")) and isinstance(row.get("success"), bool):
            rest = [optional_text(row, name) for name in ("severity", "expected", "actual")]
            column = optional_text(row, "column")
            found[row["assertion"], column] = [row["assertion"], column, row["success"], *rest]
    return [found[name] for name in sorted(found)]


def expectations(facet: Facet) -> JSON:
    """Return the expectations of greatExpectations_assertions as `assertions` does: each is a check by its type."""
    named = [{**row, "assertion": row.get("expectationType")} for row in rows_of(facet, "assertions")]
    return assertions({"assertions": named})


def measures(facet: Facet) -> JSON:
    """Return ``[[column, name, value]]`` of dataQualityMetrics 1-0-3, the column empty for the whole dataset."""
    found = list(_numbers("", OF_DATASET, facet))
    for column, of_column in object_of(facet, "columnMetrics").items():
        if column and isinstance(of_column, dict):
            found += _numbers(column, _OF_COLUMN, of_column)
            quantiles = {f"quantile:{q}": value for q, value in inner(of_column, "quantiles").items() if q}
            found += _numbers(column, quantiles, quantiles)
    return found


def _numbers(column: str, names: Iterable[str], values: Facet) -> Iterable[list[JSON]]:
    return ([column, name, float(values[name])] for name in names if is_number(values.get(name)))


def statistics(facet: Facet) -> JSON:
    """Return ``[rowCount, size, fileCount]`` of inputStatistics 1-0-0 or outputStatistics 1-0-2."""
    return [integer_of(facet, name) for name in ("rowCount", "size", "fileCount")]


def subset(name: str) -> Extractor:
    """Return what takes the condition of this name out of the subset facet 1-0-0, at most `MAX_SUBSET` characters."""

    def condition(facet: Facet) -> JSON:
        found = facet.get(name)
        return compact(found)[:MAX_SUBSET] if isinstance(found, dict) else ""

    return condition


def snapshot(facet: Facet) -> JSON:
    """Return the snapshot id of icebergScanReport 1-0-1 or icebergCommitReport 1-0-2, which is a version.

    Spark sends the id of 64 bits as a float, which cannot hold it: it is another id then, and says nothing.
    """
    said = facet.get("snapshotId")
    if isinstance(said, float):
        return str(int(said)) if said.is_integer() and abs(said) < _EXACT else ""
    return plain_text(said)


def version(facet: Facet) -> JSON:
    """Return the version of the version facet 1-0-1."""
    return plain_text(facet.get("datasetVersion"))


def change(facet: Facet) -> JSON:
    """Return ``[state, namespace, name]`` of lifecycleStateChange 1-0-1: the dataset that a RENAME continues."""
    state = text_of(facet, "lifecycleStateChange").upper()
    if state not in _CHANGES:
        raise Malformed(f"lifecycleStateChange: must be one of {', '.join(sorted(_CHANGES))}")
    previous = inner(facet, "previousIdentifier")
    found = [optional_text(previous, "namespace"), optional_text(previous, "name")]
    return [state, *(found if state == "RENAME" and all(found) else ("", ""))]


def names_no_source(facet: Facet) -> bool:
    """Return whether a lifecycleStateChange facet has a previousIdentifier that no dataset flows from."""
    return bool(facet.get("previousIdentifier")) and not all(change(facet))


def well_formed(extract: Extractor) -> Extractor:
    """Return what takes nothing out of a facet, but refuses one that the extractor refuses."""

    def nothing(facet: Facet) -> JSON:
        extract(facet)

    return nothing
