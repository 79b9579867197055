"""Alias rules in the model: each links the datasets that events name as a symlinks facet of theirs would."""

import re
from collections.abc import Iterable, Mapping

from headwater_graph.keys import dataset_key

from tests.reference.graph import Graph

Rule = Mapping[str, str]
"""Its id, two patterns and two templates."""


def add_rule_links(graph: Graph, rules: Iterable[Rule]) -> None:
    """Add what rules say of the datasets of the graph, and the names that only they give."""
    named = [(properties["namespace"], properties["name"]) for properties in graph.of_label("Dataset").values()]
    for rule in rules:
        for namespace, name in named:
            in_namespace, in_name = re.fullmatch(rule["namespace"], namespace), re.fullmatch(rule["name"], name)
            if in_namespace and in_name:
                groups = {**in_namespace.groupdict(), **in_name.groupdict(), "namespace": namespace, "name": name}
                other = (rule["to_namespace"].format(**groups), rule["to_name"].format(**groups))
                if other != (namespace, name) and all(other):
                    _link(graph, rule["id"], dataset_key(namespace, name), other)


def _link(graph: Graph, rule: str, dataset: str, other: tuple[str, str]) -> None:
    key = dataset_key(*other)
    if key not in graph.nodes:
        graph.add_node(key, namespace=other[0], name=other[1])
    graph.add_edge("ALIAS_OF", dataset, key, rule, saidBy=rule)
    graph.add_edge("ALIAS_OF", key, dataset, rule, saidBy=rule)
