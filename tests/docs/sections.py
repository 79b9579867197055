"""The README's tables that are made from code: the graph's schema, kinds of evidence, and settings."""

import os
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final
from unittest.mock import patch

from headwater_collector.settings import load_settings, settings_table
from headwater_graph.vocabulary import EVIDENCE, LABELS, RELATIONSHIPS, Label, Property, Relationship


def rewritten(readme: str) -> str:
    """Return the README with each section between its markers as the code has it now.

    Raises `ValueError` if a pair of markers is not there exactly once.
    """
    for name, render in SECTIONS.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        if readme.count(begin) != 1 or readme.count(end) != 1:
            raise ValueError(f"README.md must hold {begin.strip()} and {end} once each")
        before, rest = readme.split(begin)
        readme = f"{before}{begin}{render()}{end}{rest.split(end)[1]}"
    return readme


def schema() -> str:
    """Return labels, relationship types and the properties of both."""
    labels = [(_code(label.name), label.description, _codes(label.extra_labels)) for label in LABELS]
    types = [(_code(type_.name), type_.description, "<br>".join(patterns(type_))) for type_ in RELATIONSHIPS]
    return (
        _table(("Label", "What it is", "Some of them also have the label"), labels)
        + "\n"
        + _table(("Relationship", "Meaning", "Patterns"), types)
        + "\n<details>\n<summary>All properties</summary>\n\n"
        + _table(("Of", "Property", "Kind", "Meaning"), (row for of in (*LABELS, *RELATIONSHIPS) for row in _rows(of)))
        + "\n</details>\n"
    )


def evidence() -> str:
    """Return the kinds of evidence, strongest first."""
    return _table(("`evidence`, strongest first", "Meaning"), ((_code(kind), text) for kind, text in EVIDENCE.items()))


def settings() -> str:
    """Return all settings with their defaults where nothing is set; the home folder is written as ``~``."""
    with patch.dict(os.environ, {"HOME": str(Path.home())}, clear=True):
        rows = settings_table(load_settings())
    return _table(
        ("Variable", "Default", "Meaning"), ((_code(r.env_var), _default(r.default), r.description) for r in rows)
    )


SECTIONS: Final[dict[str, Callable[[], str]]] = {"schema": schema, "evidence": evidence, "settings": settings}


def patterns(type_: Relationship) -> list[str]:
    """Return the relationship as Cypher writes it, once for each pair of labels."""
    return [_code(f"(:{source})-[:{type_.name}]->(:{target})") for source, target in type_.pairs]


def _rows(of: Label | Relationship) -> Iterable[Sequence[str]]:
    properties = of.properties
    if isinstance(of, Label):
        properties = (Property("key", "text", "kind and identity, unique"), *properties)
    return ((_code(of.name), _code(p.name), p.kind, p.description) for p in properties)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [columns, ["---"] * len(columns), *(tuple(map(_cell, row)) for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


def _code(text: str) -> str:
    return f"`{text}`"


def _codes(texts: Iterable[str]) -> str:
    return ", ".join(map(_code, texts))


def _default(value: str) -> str:
    home = str(Path.home())
    return _code(value.replace(home, "~") if value.startswith(home) else value) if value else ""
