"""Flows that others say of a job: they reach it as a whole, so the way goes on at all its steps. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headwater_graph.keys import kind_of

from headwater_collector.answers.subgraph import ALIAS, PART, Edge


def jobs_reached(rows: Iterable[Sequence[Any]], *, upstream: bool) -> set[str]:
    """Return the jobs that flows lead to, of edges as the statements of the design level return them."""
    far = 0 if upstream else 1
    said = [row for row in rows if row[4] is not None and row[2] != ALIAS]
    return {row[far] for row in said if kind_of(row[far]) == "job"}


def onward(jobs: Iterable[str], steps: Mapping[str, str], *, upstream: bool) -> list[Edge]:
    """Return the edges, one way and no hop, from these jobs to their steps."""
    reached = set(jobs)
    pairs = [(step, owner) for step, owner in steps.items() if owner in reached]
    return [(step, owner, PART, None) if upstream else (owner, step, PART, None) for step, owner in pairs]
