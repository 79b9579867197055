"""One table under a path, a table's name and a partition: every answer is the same whichever name was said or is asked.

One run writes the table from ``raw`` by one of its names, another one reads it by one of them for ``report``. The path
and the table's name are linked by an event before or after both, by the writer's or the reader's own facet, or by an
operator's rule.
"""

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pytest
from headwater_collector.aliases.rule import alias_rule
from headwater_collector.answers.lineage import lineage
from headwater_collector.answers.question import Direction, Question
from headwater_collector.errors import NotFound
from headwater_collector.event import Event
from headwater_collector.projection.relinking import relink_all
from headwater_graph.local_neo4j import ConnectionInfo
from headwater_graph.queries import Queries

from tests.projection.neo4j_graph import Neo4jUnderTest, claimed
from tests.reference.scenario import columns, dataset_event, links, run_event

NAMES: Final = ("path", "table", "part")
LINKS: Final = ("before", "after", "writer", "reader", "rule from path", "rule from table")


class World(NamedTuple):
    """By which names a table is written and read, and how it becomes known that path and table are one."""

    written: str
    read: str
    linked: str

    def name(self, of: str) -> str:
        """Return a name of this world's own."""
        place = f"w{WORLDS.index(self)}"
        forms = {"path": f"{place}/t", "part": f"{place}/t/d=1", "table": f"{place}-{self.linked}".replace(" ", "-")}
        return forms.get(of, f"{place}-{of}")

    def whole(self, name: str) -> str:
        """Return a name for all that are one without folding."""
        return "part" if name == "part" else "whole"

    def named(self) -> list[str]:
        """Return which names the graph has."""
        return [name for name in NAMES if name != "part" or "part" in (self.written, self.read)]

    def events(self) -> Iterator[Event]:
        """Return what is said in this world."""
        to = {"path": links(self.name("table")), "table": links(self.name("path"))}
        source = {"writer": self.written, "reader": self.read}.get(self.linked, "")
        written, read = self.name(self.written), self.name(self.read)
        made = {**columns(x=f"{self.name('raw')}.x"), **(to[source] if self.linked == "writer" else {})}
        used = (read, to[source]) if self.linked == "reader" else read
        report = (self.name("report"), columns(x=f"{read}.x"))
        at = WORLDS.index(self)
        yield run_event(f"write {at}", "COMPLETE", 2, [self.name("raw")], [(written, made)], job=f"write {at}")
        yield run_event(f"read {at}", "COMPLETE", 4, [used], [report], job=f"read {at}")
        if self.linked in ("before", "after"):
            minute = 1 if self.linked == "before" else 9
            yield dataset_event(minute, (self.name("path"), links(self.name("table"))))


def _worlds() -> Iterator[World]:
    for linked in LINKS:
        said_by = {"writer": 0, "reader": 1}.get(linked)
        for pair in ((written, read) for written in NAMES for read in NAMES):
            source = "path" if linked == "rule from path" else "table"
            if said_by is not None and pair[said_by] == "part":
                continue  # what is linked is the whole
            if linked.startswith("rule") and source not in pair:
                continue  # a rule is about names that events name
            yield World(*pair, linked)


WORLDS: Final = list(_worlds())
GRANULARITIES: Final = [
    *(("design", fine) for fine in ("operation", "job", "application", "dataset")),
    *(("run", fine) for fine in ("operation", "run", "application", "dataset")),
    *(("column", fine) for fine in ("operation", "job")),
]


@pytest.fixture(scope="module")
def graph(neo4j_server: ConnectionInfo) -> Iterator[Neo4jUnderTest]:
    rules = [
        alias_rule("n", "(?P<world>w[0-9]+)/t", "", "{world}-rule-from-path"),
        alias_rule("n", "(?P<world>w[0-9]+)-rule-from-table", "", "{world}/t"),
    ]
    with claimed(neo4j_server) as found:
        found.become([[event] for world in WORLDS for event in world.events()])
        relink_all(found.store, {rules[0].id: rules[0], rules[1].id: rules[1]}, lambda: None)
        yield found


@pytest.mark.parametrize(("level", "fine"), GRANULARITIES)
@pytest.mark.parametrize("world", WORLDS, ids=" ".join)
def test_every_name_has_the_same_answer(graph: Neo4jUnderTest, world: World, level: Any, fine: Any) -> None:
    folded = fine != "operation"
    one = folded or world.whole(world.written) == world.whole(world.read)

    def datasets(direction: Direction, of: str) -> set[str]:
        """Return which of the ends an answer holds; the empty set where the name has nothing at this level."""
        name = f"{world.name(of)}{'#x' if level == 'column' else ''}"
        question = Question(direction, f"n/{name}", level=level, granularity=fine)
        try:
            found = lineage(Queries(graph.driver), question, lambda: (1, 0))
        except NotFound:
            assert not folded
            return set()
        assert found["complete"]
        assert len({node["key"] for node in found["nodes"]}) == len(found["nodes"])
        return {end for end in ("raw", "report") if any(node.get("name") == world.name(end) for node in found["nodes"])}

    ends = {"raw", "report"} if one else {"raw"}
    assert datasets("downstream", "raw") == ends
    assert datasets("upstream", "report") == ({"raw", "report"} if one else {"report"})
    for name in world.named():
        made = folded or world.whole(name) == world.whole(world.written)
        used = folded or world.whole(name) == world.whole(world.read)
        assert (name, datasets("upstream", name)) == (name, {"raw"} if made else set())
        assert (name, datasets("downstream", name)) == (name, {"report"} if used else set())
