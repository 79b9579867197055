"""Versions of the parts of one dataset that one run wrote, or read without knowing them, as one node. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from headwater_graph.keys import is_whole, key

from headwater_collector.answers import node
from headwater_collector.answers.granularity import Parts


def fold(nodes: Mapping[str, node.Node], parts: Parts) -> tuple[dict[str, str], dict[str, node.Node]]:
    """Return what stands for each version that is folded, by key, and the nodes that stand for some.

    Versions that somebody named stay apart, and so does a part that is alone. What the run wrote of the whole itself is
    one with the parts.
    """
    groups: dict[str, list[node.Node]] = defaultdict(list)
    for each in nodes.values():
        whole = _whole(each, parts)
        if whole:
            groups[whole].append(each)
    of_several = {whole: found for whole, found in groups.items() if len({each["dataset"] for each in found}) > 1}
    owners = {each["key"]: whole for whole, found in of_several.items() for each in found}
    return owners, {whole: _stand_in(whole, found, parts) for whole, found in of_several.items()}


def _whole(each: node.Node, parts: Parts) -> str | None:
    """Return the key of the version of the whole that a version is part of, or is; None if it is not to be folded."""
    if each["kind"] != "version" or "version" in each or not is_whole(each["key"]):
        return None
    of = parts.owners.get(each["dataset"], each["dataset"])
    if of not in parts.wholes or of in parts.owners:
        return None
    return key("version", parts.wholes[of]["namespace"], parts.wholes[of]["name"], *node.parts(each["key"])[2:])


def _stand_in(whole: str, found: Iterable[node.Node], parts: Parts) -> node.Node:
    folded = [each for each in found if each["dataset"] in parts.owners]
    of = parts.wholes[parts.owners[folded[0]["dataset"]]]
    rules = {rule.name for each in folded if (rule := parts.rule(each["name"]))}
    said: dict[str, Any] = {name: of[name] for name in ("namespace", "name")}
    said |= {"source": folded[0]["source"], "parts": len(folded), "foldedBy": sorted(rules)}
    times = [each["writtenAt"] for each in found if "writtenAt" in each]
    said |= {"writtenAt": max(times, key=node.sortable)} if times else {}
    said |= {name: each[name] for each in folded for name in ("role", "failed") if name in each}
    return {"key": whole, "kind": "version", "dataset": of["key"], **said}
