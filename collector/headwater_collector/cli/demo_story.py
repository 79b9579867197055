"""What the demo asks about its story, in names, in Cypher, and whether the answers are right."""

from collections.abc import Iterable
from typing import Any, Final

from headwater_graph.keys import key
from headwater_integrations import story

UPSTREAM: Final = """\
MATCH (asked:DatasetVersion {key: '%s'})
MATCH (asked)<-[:READ_BY|WROTE|CARRIED_INTO|FEEDS*1..100]-(u)
WITH DISTINCT u
OPTIONAL MATCH (run:Run)-[:HAS_STEP]->(u)
RETURN u, run"""
"""All versions and runs behind one version; a run that is split into steps is found by them."""

REACHED: Final = """\
MATCH (bad:DatasetVersion {key: '%s'})
MATCH (bad)-[:READ_BY|WROTE|CARRIED_INTO|FEEDS*1..100]->(v)
WITH DISTINCT v
MATCH (v)-[:VERSION_OF]->(d:Model|Predictions)
RETURN d.namespace AS namespace, d.name AS name, v.version AS version
ORDER BY v.writtenAt"""
"""All versions of models and predictions that one version flows into."""


def key_of(thing: story.Thing) -> str:
    """Return the key of the node that stands for a run or version of the story."""
    run = key("run", thing.which)
    if thing.kind == "run":
        return run
    if thing.kind == "version":
        return key("version", thing.namespace, thing.name, "v", thing.which)
    return key("version", thing.namespace, thing.name, "run" if thing.kind == "written" else "unknown", run)


def name_of(thing: story.Thing) -> str:
    """Return what a person types to ask for a named version."""
    return f"{thing.name}@{thing.which}"


def cypher(statement: str, thing: story.Thing) -> str:
    """Return the statement about this thing, to be run as it is in Neo4j Browser or by ``headwater cypher``."""
    return statement % key_of(thing).replace("\\", "\\\\").replace("'", "\\'")


def reached(answer: dict[str, Any], wired: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the versions of models and predictions in a run-exact answer; `wired` tells which datasets are such."""
    ends = {node["key"] for node in wired["nodes"] if node.get("role") in ("Model", "Predictions")}
    return [node for node in answer["nodes"] if node["kind"] == "version" and node["dataset"] in ends]


def faults(what: str, nodes: Iterable[dict[str, Any]], expected: Iterable[story.Thing]) -> list[str]:
    """Return a sentence for each node that is missing from an answer, or that does not belong there."""
    found, wanted = {node["key"] for node in nodes}, {key_of(thing) for thing in expected}
    return [f"{what}: {k} is missing" for k in sorted(wanted - found)] + [
        f"{what}: {k} does not belong there" for k in sorted(found - wanted)
    ]
