"""Alias rules in the graph: which datasets they link, as a symlinks facet of theirs would.

The rules are facts of one scope of their own, read in the transaction of every batch. They apply to datasets that
events name. A name that only rules give is a dataset too, for as long as a rule gives it: its facts count by how many.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

import orjson
from headwater_graph.keys import dataset_key

from headwater_collector.aliases.rule import AliasRule, recorded_rule
from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.view import View

RULES: Final = "rules|alias"
"""Key of the facts that hold the rules."""

Rules = Mapping[str, AliasRule]
"""Rules by id."""


def rules_text(rules: Rules) -> str:
    """Return the rules as facts; empty for none."""
    content = {name: rules[name].content() for name in sorted(rules)}
    return orjson.dumps(content).decode() if content else ""


@lru_cache(maxsize=4)
def _rules(text: str) -> Rules:
    return {name: recorded_rule(content) for name, content in orjson.loads(text or "{}").items()}


def link_new(view: View) -> None:
    """Link the datasets that are named for the first time in this batch."""
    if not view.text(RULES):
        return  # as almost always: the facts as they were need not be read for it
    link(view, [name for name, facts in view.datasets.now.items() if facts.named and not _was_named(view, name)])


def _was_named(view: View, dataset: str) -> bool:
    before = view.datasets.before(dataset)
    return before is not None and before.named


def link(view: View, datasets: Iterable[str]) -> None:
    """Link these datasets, whose facts are at hand, as the rules say now; drop names that no rule gives any more."""
    rules = _rules(view.text(RULES))
    changed: dict[str, list[list[str]]] = {}
    for name in datasets:
        facts = view.datasets.now[name]
        wanted = _links(rules, facts) if facts.named else []
        if wanted != facts.ruled:
            changed[name] = wanted
    view.open(view.datasets, {target for name, wanted in changed.items() for target in _targets(wanted)})
    view.open(view.datasets, {t for name in changed for t in _targets(view.datasets.now[name].ruled)})
    for name, wanted in changed.items():
        _relink(view, view.datasets.now[name], wanted)


def _links(rules: Rules, facts: DatasetFacts) -> list[list[str]]:
    found = ((rule, rules[rule].other_name(facts.namespace, facts.name)) for rule in sorted(rules))
    return [[rule, *other] for rule, other in found if other]


def _targets(ruled: Iterable[list[str]]) -> dict[str, tuple[str, str]]:
    return {dataset_key(namespace, name): (namespace, name) for _, namespace, name in ruled}


def _relink(view: View, facts: DatasetFacts, wanted: list[list[str]]) -> None:
    old, new = _targets(facts.ruled), _targets(wanted)
    facts.ruled = wanted
    for target in old.keys() - new.keys():
        view.datasets.now[target].linked -= 1
    for target in new.keys() - old.keys():
        if target not in view.datasets.now:
            view.datasets.now[target] = DatasetFacts(*new[target], named=False)
        view.datasets.now[target].linked += 1


def drop_unnamed(view: View) -> None:
    """Let datasets go that neither an event nor a rule names any more."""
    view.datasets.gone |= {name for name, facts in view.datasets.now.items() if not facts.named and not facts.linked}
