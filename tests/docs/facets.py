"""What is written of the table of facets: a page for people, and the mapping of the OpenLineage compatibility tests."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from headwater_collector.projection.fate_table import FAMILIES, FATES
from headwater_collector.projection.fates import Fate

ROOT: Final = Path(__file__).parents[2]
PAGE: Final = ROOT / "collector" / "facets.md"
MAPPING: Final = ROOT / "tests" / "compatibility" / "consumers" / "headwater" / "mapping.json"

LEVELS: Final = {
    "run": "Run facets",
    "job": "Job facets",
    "dataset": "Dataset facets",
    "input": "Facets of the input of a run",
    "output": "Facets of the output of a run",
}
KEPT: Final = {
    "never": "no",
    "more": "if it holds more than that",
    "always": "yes",
}
CORE: Final = {
    "eventTime": "Run.at",
    "eventType": "Run.state",
    "run.runId": "Run.runId",
    "job.namespace": "Job.namespace",
    "job.name": "Job.name",
    "dataset.namespace": "Dataset.namespace",
    "dataset.name": "Dataset.name",
    "inputs": "(:Dataset)-[:FEEDS]->(:Job)",
    "outputs": "(:Job)-[:PRODUCES]->(:Dataset)",
}
"""What the members of an event outside of facets become."""

_INTRODUCTION: Final = """\
# What becomes of each facet

Written by `python -m tests.docs` from the table that the projector works by,
`headwater_collector/projection/fate_table.py`. A facet is *projected* into properties, nodes and edges of the graph, or
*kept* whole as a `Facet` node, which the API shows with the run, job, dataset or version that it is of; many are both.
One that is not listed is kept. Of a facet over 65,536 bytes the graph keeps a summary. The event in the log has every
facet as it was sent. A malformed facet is left out of the graph, with a warning on its event; the rest of the event
counts.

Where a `lineage` facet says what flows into or out of another job than the one of its event, the edge (FEEDS, PRODUCES)
says by `saidBy` whose word it is. A run id that comes with a job there ties it to that run: from run to run it is
FEEDS, too, and a dataset that the run is said to read or write is an input or output of it, as if its own events had
named it without a version.

A `schema` without a single type on an input of a run, or on an output of a run whose `trino_query_context` says MERGE,
UPDATE, DELETE or ALTER_TABLE_EXECUTE, is *partial*: it names those columns alone that the query used. `Dataset.columns`
and what is kept of the schema come from the latest whole one, and from the latest partial one only where there is none.
`_deleted` clears both, wherever it stands.
"""


def page() -> str:
    """Return the page."""
    parts = [_INTRODUCTION]
    for level, title in LEVELS.items():
        rows = [fate for fate in (*FATES, *FAMILIES) if fate.level == level]
        parts += [f"\n## {title}\n\n", *_table(rows)]
    return "".join(parts)


def _table(fates: Iterable[Fate]) -> Iterable[str]:
    yield "| Key | Facet | Projected | Kept whole |\n| --- | --- | --- | --- |\n"
    for fate in fates:
        into = "<br>".join(f"`{name}` → `{entity}`" for name, entity in fate.into.items())
        place = f" (in `{'`, `'.join(fate.places)}`)" if fate.places else ""
        yield f"| `{fate.key}`{place} | {fate.facet} | {into} | {KEPT[fate.kept]} |\n"


def mapping() -> str:
    """Return the mapping, as JSON."""
    mapped: dict[str, Mapping[str, str]] = {"core": CORE}
    for fate in FATES:
        if _is_standard(fate) and fate.into:
            mapped[fate.facet] = {**mapped.get(fate.facet, {}), **fate.into}
    unmapped = {"core": ["producer", "schemaURL"]}
    unmapped |= {fate.facet: ["*"] for fate in FATES if _is_standard(fate) and fate.facet not in mapped}
    found = {"mapped": dict(sorted(mapped.items())), "knownUnmapped": dict(sorted(unmapped.items()))}
    return json.dumps(found, indent=2) + "\n"


def _is_standard(fate: Fate) -> bool:
    """Return whether a facet belongs to OpenLineage or its registry."""
    return fate.facet.endswith("Facet") and not fate.facet.startswith("Headwater")
