"""A graph drawn by hand, in the words of the vocabulary, for tests of what reads it."""

from collections.abc import Iterable
from typing import Any

import neo4j
from headwater_graph.keys import column_key, dataset_key, job_key, key, kind_of
from headwater_graph.migrations import known_migrations
from headwater_graph.vocabulary import LABEL_OF_KIND, OPEN_END, RELATIONSHIPS

NAMESPACE = "lake"
JOBS = "airflow"
LONG_AGO = "2026-01-01T00:00:00.000000000Z"

_TIMES = {"at", "startedAt", "endedAt", "writtenAt", "firstSeen", "lastSeen", "nominalStart"}
_TYPES = {relationship.name for relationship in RELATIONSHIPS}


def migrate(driver: neo4j.Driver) -> None:
    """Make the constraints and indexes and wait for them, if they are not there."""
    with driver.session() as session:
        there = session.run("SHOW INDEXES YIELD name WHERE name = 'headwaterNames' RETURN count(*) AS n").single()
        if there and there["n"]:
            return
        for migration in known_migrations():
            for statement in migration.statements:
                session.run(statement).consume()
        session.run("CALL db.awaitIndexes()").consume()


class Drawing:
    """Nodes and edges, collected by short names and written together."""

    def __init__(self) -> None:
        self._nodes: dict[str, dict[str, Any]] = {}
        self._labels: dict[str, tuple[str, ...]] = {}
        self._edges: list[tuple[str, str, str, dict[str, Any]]] = []

    def node(self, key: str, *labels: str, **properties: Any) -> str:
        self._nodes.setdefault(key, {"key": key}).update(properties)
        self._labels[key] = labels
        return key

    def edge(self, type_: str, source: str, target: str, /, **properties: Any) -> None:
        assert type_ in _TYPES
        self._edges.append((type_, source, target, properties))

    def dataset(self, name: str, namespace: str = NAMESPACE, *labels: str, **properties: Any) -> str:
        return self.node(dataset_key(namespace, name), *labels, namespace=namespace, name=name, **properties)

    def job(self, name: str, namespace: str = JOBS) -> str:
        return self.node(job_key(namespace, name), namespace=namespace, name=name)

    def wire(
        self, inputs: Iterable[str], by: str, outputs: Iterable[str], ended: str = OPEN_END, seen: str = LONG_AGO
    ) -> None:
        """Draw the edges of a job or step at design level."""
        about = {"evidence": "ALL_INPUTS", "firstSeen": seen, "lastSeen": seen, "runs": 1, "endedAt": ended}
        for source in inputs:
            self.edge("FEEDS", source, by, **about)
        for target in outputs:
            self.edge("PRODUCES", by, target, **about)

    def simple(self, inputs: str, name: str, outputs: str, **times: str) -> str:
        """Draw a job with inputs and outputs given as names with spaces between them."""
        job = self.job(name)
        self.wire(map(self.dataset, inputs.split()), job, map(self.dataset, outputs.split()), **times)
        return job

    def step(self, owner: str, mark: str) -> str:
        step = self.node(key("jobstep" if kind_of(owner) == "job" else "runstep", owner, mark))
        self.edge("HAS_STEP", owner, step)
        return step

    def alias(self, a: str, b: str) -> None:
        for source, target in ((a, b), (b, a)):
            self.edge("ALIAS_OF", source, target, saidBy=a)

    def version(self, name: str, version: str, written: str | None = None, *labels: str, **properties: Any) -> str:
        dataset = self.dataset(name)
        found = key("version", NAMESPACE, name, "v", version)
        if written:
            properties["writtenAt"] = written
        self.node(found, *labels, datasetKey=dataset, version=version, source="EXPLICIT", **properties)
        self.edge("VERSION_OF", found, dataset)
        return found

    def run(self, run_id: str, job: str, at: str = LONG_AGO, state: str = "COMPLETE", **properties: Any) -> str:
        owner = self.job(job)
        run = self.node(f"run|{run_id}", runId=run_id, jobKey=owner, at=at, startedAt=at, state=state, **properties)
        self.edge("RUN_OF", run, owner)
        return run

    def flow(self, reads: Iterable[str], by: str, writes: Iterable[str], **properties: Any) -> None:
        """Draw the edges of a run or step at run level; the properties are those of the reads."""
        for version in reads:
            self.edge("READ_BY", version, by, **{"evidence": "ALL_INPUTS", "inferred": False, **properties})
        for version in writes:
            self.edge("WROTE", by, version, evidence="ALL_INPUTS")

    def column(self, name: str, field: str, namespace: str = NAMESPACE) -> str:
        dataset = self.dataset(name, namespace)
        column = column_key(namespace, name, field)
        if column not in self._nodes:
            self.edge("HAS_COLUMN", dataset, column)
        return self.node(column, namespace=namespace, name=name, field=field, datasetKey=dataset)

    def derives(self, source: str, target: str, **properties: Any) -> None:
        about = {"type": "DIRECT", "subtype": "IDENTITY", "firstSeen": LONG_AGO, "endedAt": OPEN_END, **properties}
        self.edge("DERIVES", source, target, **about)

    def save(self, driver: neo4j.Driver) -> None:
        """Write all of it."""
        with driver.session() as session:
            for labels in {(LABEL_OF_KIND[kind_of(key)], *self._labels[key]) for key in self._nodes}:
                rows = [_split(node) for key, node in self._nodes.items() if self._labelled(key) == labels]
                text = f"UNWIND $rows AS row CREATE (n:{':'.join(labels)}) SET n = row.plain " + _set_times("n")
                session.run(text, rows=rows).consume()
            for type_, source, target in {(t, _label(a), _label(b)) for t, a, b, _ in self._edges}:
                rows = [
                    {"a": a, "b": b, **_split(properties)}
                    for t, a, b, properties in self._edges
                    if (t, _label(a), _label(b)) == (type_, source, target)
                ]
                text = (
                    f"UNWIND $rows AS row MATCH (a:{source} {{key: row.a}}) MATCH (b:{target} {{key: row.b}}) "
                    f"CREATE (a)-[r:{type_}]->(b) SET r = row.plain " + _set_times("r")
                )
                session.run(text, rows=rows).consume()

    def keep(self, driver: neo4j.Driver) -> None:
        """Make the graph this drawing and nothing else; costs little where it is, as for tests that only read."""
        with driver.session() as session:
            keys = session.run("MATCH (n) RETURN collect(n.key) AS keys").single(strict=True)["keys"]
            edges = session.run("MATCH ()-[r]->() RETURN count(r) AS n").single(strict=True)["n"]
            if sorted(keys) == sorted(self._nodes) and edges == len(self._edges):
                return
            session.run("MATCH (n) DETACH DELETE n").consume()
        self.save(driver)

    def _labelled(self, key: str) -> tuple[str, ...]:
        return (LABEL_OF_KIND[kind_of(key)], *self._labels[key])


def _label(key: str) -> str:
    return LABEL_OF_KIND[kind_of(key)]


def _split(properties: dict[str, Any]) -> dict[str, Any]:
    times = {name: value for name, value in properties.items() if name in _TIMES}
    return {"plain": {name: value for name, value in properties.items() if name not in _TIMES}, "times": times}


def _set_times(variable: str) -> str:
    return "SET " + ", ".join(f"{variable}.{name} = datetime(row.times.{name})" for name in sorted(_TIMES))


def ladder(rungs: int, width: int = 3) -> tuple[Drawing, str, str]:
    """Return a graph with width ** rungs paths from its first to its last dataset, and these two keys."""
    drawing = Drawing()
    first = last = drawing.dataset("rung_000")
    for rung in range(1, rungs + 1):
        below, last = last, drawing.dataset(f"rung_{rung:03}")
        for side in range(width):
            drawing.wire([below], drawing.job(f"climb_{rung:03}_{side}"), [last])
    return drawing, first, last


def run_ladder(rungs: int, width: int = 3) -> tuple[Drawing, str, str]:
    """Return the same of dataset versions and runs."""
    drawing = Drawing()
    first = last = drawing.version("rung_000", "1")
    for rung in range(1, rungs + 1):
        below, last = last, drawing.version(f"rung_{rung:03}", "1")
        for side in range(width):
            drawing.flow([below], drawing.run(f"{rung:08}-0000-4000-8000-{side:012}", f"climb_{rung:03}"), [last])
    return drawing, first, last
