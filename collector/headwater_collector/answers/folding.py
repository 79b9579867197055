"""Which datasets are parts of one: partitions, part files, the directories of a saved model. Pure.

A fold is a layer over what producers said: nothing of it is in the graph, so other rules hold for all of history at
once, and an answer at granularity ``operation`` shows every dataset as it was named. Two datasets are parts of one only
where a rule says so by their names; a common last path part is no reason.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, Field, ValidationError, field_validator

from headwater_collector.errors import SetupError

SEPARATORS: Final = ("/", "$")
"""What stands between the name of a whole and the rest of the name of its part."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to tell a part by its name."""

    name: str
    pattern: re.Pattern[str]
    """Matches the whole name of a part; its group ``whole`` is the name of what it is a part of."""
    beside: str = ""
    """Holds only where this other rule finds a part of the same whole; empty: holds by itself."""
    description: str = ""


def _rule(name: str, pattern: str, description: str, beside: str = "") -> Rule:
    return Rule(name, re.compile(pattern), beside, description)


RULES: Final = (
    _rule(
        "hive-partitions",
        r"(?P<whole>.*?[^/])(?:/[^/=]+=[^/=]+)+(?:/[^/=]+)?/?",
        "directories key=value at the end of a path, and a file in them",
    ),
    _rule(
        "spark-ml-stages",
        r"(?P<whole>.*[^/])/stages/\d+_[^/]+/(?:metadata|data)(?:/part-\d{5}[^/]*)?",
        "directories of the stages of a saved Spark ML pipeline",
    ),
    _rule(
        "spark-ml-metadata",
        r"(?P<whole>.*[^/])/metadata",
        "the metadata of a saved Spark ML pipeline",
        beside="spark-ml-stages",
    ),
    _rule("partition-decorators", r"(?P<whole>.+)\$\d{4,10}", "BigQuery partitions such as table$20260101"),
    _rule("part-files", r"(?P<whole>.*[^/])/part-\d{5}[^/]*", "files part-00000... as Spark and Hadoop write them"),
)
"""The rules that hold if nothing else is said; the first that matches a name decides."""


@dataclass(frozen=True, slots=True)
class Folding:
    """The rules that hold."""

    rules: tuple[Rule, ...] = RULES

    def whole(self, name: str) -> tuple[str, Rule] | None:
        """Return the name of what a dataset of this name is a part of, and the rule that says so."""
        for rule in self.rules:
            match = rule.pattern.fullmatch(name)
            if match and match["whole"] and name[len(match["whole"]) :].startswith(SEPARATORS):
                return match["whole"], rule
        return None

    def parts(self, name: str, candidates: Iterable[str]) -> dict[str, Rule]:
        """Return which of these names are parts of the dataset of this name, with the rule that says so."""
        found: dict[str, Rule] = {}
        for candidate in candidates:
            of = self.whole(candidate)
            if of and of[0] == name:
                found[candidate] = of[1]
        sure = {rule.name for rule in found.values()}
        return {part: rule for part, rule in found.items() if not rule.beside or rule.beside in sure}


class _FileRule(BaseModel, extra="forbid"):
    name: Annotated[str, Field(min_length=1)]
    pattern: re.Pattern[str]
    beside: str = ""
    description: str = ""

    @field_validator("pattern")
    @classmethod
    def _names_the_whole(cls, pattern: re.Pattern[str]) -> re.Pattern[str]:
        if "whole" not in pattern.groupindex:
            raise ValueError("needs a group (?P<whole>...), the name of what the part is a part of")
        return pattern


class _File(BaseModel, extra="forbid"):
    rule: list[_FileRule] = []
    without: list[str] = []

    @field_validator("without")
    @classmethod
    def _names_built_in_rules(cls, names: list[str]) -> list[str]:
        unknown = sorted(set(names) - {rule.name for rule in RULES})
        if unknown:
            raise ValueError(f"names no built-in rule: {', '.join(unknown)}")
        return names


def load_folding(path: Path | None) -> Folding:
    """Return the rules of a TOML file beside the built-in ones, or these alone. Raises `SetupError`.

    The file holds tables ``[[rule]]`` with ``name``, ``pattern`` (a regular expression for whole names, with a group
    ``whole``) and perhaps ``beside`` and ``description``; a list ``without`` names built-in rules to leave out.
    """
    if path is None:
        return Folding()
    try:
        found = _File.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        said = "; ".join(f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors())
        raise SetupError(f"HEADWATER_FOLD_RULES: {path}: {said}.") from error
    except (OSError, ValueError) as error:
        raise SetupError(f"HEADWATER_FOLD_RULES: {path} cannot be read: {error}.") from error
    own = (Rule(each.name, each.pattern, each.beside, each.description) for each in found.rule)
    return Folding((*own, *(rule for rule in RULES if rule.name not in found.without)))
