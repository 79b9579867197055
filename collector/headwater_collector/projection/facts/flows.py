"""What somebody says to flow between others: first and last token of each flow, by target and source."""

from collections.abc import Iterable, Mapping

Flows = dict[str, dict[str, list[str]]]


def said_once(sources: Mapping[str, Iterable[str]], token: str) -> Flows:
    """Return flows, given the sources by target, as one event says them."""
    return {target: {source: [token, token] for source in of_target} for target, of_target in sources.items()}


def merge_flows(mine: Flows, theirs: Flows) -> None:
    """Take in what other events say to flow."""
    for target, sources in theirs.items():
        known = mine.setdefault(target, {})
        for source, (first, last) in sources.items():
            seen = known.get(source, (first, last))
            known[source] = [min(seen[0], first), max(seen[1], last)]
