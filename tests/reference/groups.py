"""Alias groups: datasets that are one by what is said of their names."""

from tests.reference.graph import Graph

Groups = dict[str, frozenset[str]]
"""All members of its group by each member."""


def alias_groups(graph: Graph) -> Groups:
    """Return the connected components of the aliases that stand."""
    groups: Groups = {}
    for type_, one, other, _ in graph.edges:
        if type_ == "ALIAS_OF":
            both = groups.get(one, frozenset({one})) | groups.get(other, frozenset({other}))
            groups.update(dict.fromkeys(both, both))
    return groups
