"""Flows that others say of a job or run: they reach it as a whole, so the way goes on at all its steps. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from headwater_graph.keys import kind_of

from headwater_collector.answers.question import Level
from headwater_collector.answers.subgraph import ALIAS, PART, Edge


def reached_whole(rows: Iterable[Sequence[Any]], level: Level, *, upstream: bool) -> set[str]:
    """Return the jobs or runs that flows lead to, of edges as the statements of this level return them."""
    far = 0 if upstream else 1
    if level == "run":
        return {row[far] for row in rows if row[2] == "FEEDS"}
    said = [row for row in rows if row[4] is not None and row[2] != ALIAS]
    return {row[far] for row in said if kind_of(row[far]) == "job"}


def onward(acts: Iterable[str], steps: Mapping[str, str], *, upstream: bool) -> list[Edge]:
    """Return the edges, one way and no hop, from these jobs or runs to their steps."""
    reached = set(acts)
    pairs = [(step, owner) for step, owner in steps.items() if owner in reached]
    return [(step, owner, PART, None) if upstream else (owner, step, PART, None) for step, owner in pairs]
