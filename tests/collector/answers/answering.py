"""Answers about lineage in tests: how they are asked for and looked at."""

from collections.abc import Callable
from typing import Any

from headwater_collector.answers.node import title

Answer = dict[str, Any]
Ask = Callable[..., Answer]


def names(answer: Answer) -> dict[str, int]:
    """Names of the nodes with their distances; jobs and runs end in ()."""
    return {title(n) + ("()" if n["kind"] in {"job", "run"} else ""): n["distance"] for n in answer["nodes"]}


def arrows(answer: Answer) -> set[str]:
    called = {n["key"]: title(n) for n in answer["nodes"]}
    return {f"{called[e['source']]} -> {called[e['target']]}" for e in answer["edges"]}
