"""Alias rules: which other name a dataset has, by a pattern over its namespace and name. Pure.

A pattern is a regular expression of RE2, which matches in time linear in the name, whatever the pattern: the rule runs
for every dataset, and one that a backtracking engine never finishes would stop the projection. It must match the whole.
A template is text with ``{group}`` for named groups of either pattern, ``{namespace}`` and ``{name}`` for the whole.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from string import Formatter
from typing import Any, Final

import orjson
import re2

from headwater_collector.errors import BadRequest

MAX_TEXT: Final = 1_000
"""Characters of a pattern or template."""

MAX_PROGRAM_BYTES: Final = 1 << 20
"""Memory of a compiled pattern."""

_WHOLE: Final = ("namespace", "name")


@dataclass(frozen=True)
class AliasRule:
    """A rule that was checked, see `alias_rule`."""

    namespace: str
    """Pattern of namespaces."""
    name: str
    """Pattern of names."""
    to_namespace: str
    """Template of the other name's namespace."""
    to_name: str
    """Template of the other name."""

    @property
    def id(self) -> str:
        """Return the rule's id: the same rule always has the same."""
        return f"rule-{sha256(orjson.dumps(asdict(self), option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]}"

    def content(self) -> dict[str, str]:
        """Return what the rule says, as the log and the graph keep it; `recorded_rule` reads it back."""
        return asdict(self)

    def other_name(self, namespace: str, name: str) -> tuple[str, str] | None:
        """Return namespace and name that the rule gives a dataset besides its own; None if it gives none."""
        of_namespace = self._patterns[0].fullmatch(namespace)
        of_name = self._patterns[1].fullmatch(name) if of_namespace else None
        if not of_namespace or not of_name:
            return None
        groups = {**of_namespace.groupdict(""), **of_name.groupdict(""), "namespace": namespace, "name": name}
        found = (_filled(self.to_namespace, groups), _filled(self.to_name, groups))
        return found if all(found) and found != (namespace, name) else None

    @cached_property
    def _patterns(self) -> tuple[Any, Any]:
        return _compiled("namespace", self.namespace), _compiled("name", self.name)


def alias_rule(namespace: str = ".*", name: str = ".*", to_namespace: str = "", to_name: str = "") -> AliasRule:
    """Return the rule; an empty template leaves that part as it is. Raises `BadRequest` that says what is wrong."""
    rule = AliasRule(namespace, name, to_namespace or "{namespace}", to_name or "{name}")
    for field, text in rule.content().items():
        if len(text) > MAX_TEXT:
            raise BadRequest(f"{field}: longer than {MAX_TEXT:,} characters.")
        if any("\ud800" <= character <= "\udfff" for character in text):
            raise BadRequest(f"{field}: half a surrogate pair is no text; write the whole character.")
    groups: dict[str, str] = {}
    for field, text in (("namespace", namespace), ("name", name)):
        for group in _compiled(field, text).groupindex:
            if group in _WHOLE:
                raise BadRequest(f"{field}: the group {group!r} needs another name: {{{group}}} is the whole {group}.")
            if group in groups:
                raise BadRequest(f"{field}: the group {group!r} is also in {groups[group]}; give it another name.")
            groups[group] = field
    for field, text in (("to_namespace", rule.to_namespace), ("to_name", rule.to_name)):
        _check_template(field, text, groups)
    if (rule.to_namespace, rule.to_name) == ("{namespace}", "{name}"):
        raise BadRequest("The rule maps every dataset to itself: give to_namespace, to_name or both.")
    return rule


def recorded_rule(content: Mapping[str, Any]) -> AliasRule:
    """Return a rule that was checked when it was recorded."""
    return AliasRule(content["namespace"], content["name"], content["to_namespace"], content["to_name"])


def _compiled(field: str, pattern: str) -> Any:
    options = re2.Options()
    options.log_errors, options.dot_nl, options.max_mem = False, True, MAX_PROGRAM_BYTES
    try:
        return re2.compile(pattern, options)  # type: ignore[no-untyped-call]
    except re2.error as error:
        said = error.args[0].decode(errors="replace") if isinstance(error.args[0], bytes) else str(error)
        hint = " (RE2 has neither back references nor lookaround)" if "escape" in said or "perl" in said else ""
        raise BadRequest(
            f"{field}: {pattern[:200]!r} is not a regular expression of RE2: {said[:200]}{hint}."
        ) from None


def _check_template(field: str, template: str, groups: Mapping[str, str]) -> None:
    try:
        parts = list(Formatter().parse(template))
    except ValueError as error:
        raise BadRequest(f"{field}: {template[:200]!r} is not a template: {error}; {{{{ is a brace itself.") from None
    for _, group, spec, conversion in parts:
        if group is not None and (spec or conversion or group not in {*groups, *_WHOLE}):
            known = ", ".join(f"{{{name}}}" for name in (*groups, *_WHOLE))
            raise BadRequest(f"{field}: there is no group {{{group}}}; the patterns have {known}.")


def _filled(template: str, groups: Mapping[str, str]) -> str:
    return "".join(
        text + (groups[group] if group is not None else "") for text, group, _, _ in Formatter().parse(template)
    )
