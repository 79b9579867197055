"""One batch of events into the graph: facts loaded, merged, bound, rendered, and the difference written."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from headwater_graph.change import GraphChange, Node
from headwater_graph.keys import column_key, kind_of
from headwater_graph.store import GraphTransaction

from headwater_collector.event import Event
from headwater_collector.projection.columns import derivations, is_steady
from headwater_collector.projection.facts.columns import ColumnFacts
from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.facts.job import JobFacts
from headwater_collector.projection.facts.register import Register
from headwater_collector.projection.groups import leader, regroup
from headwater_collector.projection.render import render_run
from headwater_collector.projection.render_entities import (
    render_dataset,
    render_job,
    render_version,
    render_wires,
    version_labels,
)
from headwater_collector.projection.rendering import SHARED, Rendering
from headwater_collector.projection.rules import RULES, link_new
from headwater_collector.projection.say import say
from headwater_collector.projection.saying import Saying
from headwater_collector.projection.timeline import declare, rebind, rebind_all
from headwater_collector.projection.view import Scopes, View
from headwater_collector.projection.wiring import wire

F = TypeVar("F")

PROJECTION_VERSION = 5
"""Changes whenever the same log would give another graph; a graph of another version is built anew by replay."""


def apply(transaction: GraphTransaction, events: Iterable[Event]) -> dict[str, list[str]]:
    """Take the events into the graph, in this transaction; return what was left out of each, by event id.

    The graph afterwards is the same whatever the order of events, their repetition, and their division into batches.
    """
    # By map, which lets go of each event before it asks for the next: a large one is a lot of memory.
    said = list(map(_said, events))
    sayings = [saying for _, saying in said]
    view = View(transaction)
    view.load(scopes_of(sayings) | {RULES})
    for saying in sayings:
        merge(view, saying)
    changed = [run for run in view.runs.now if view.runs.now[run].every_said()]
    link_new(view)
    formed = regroup(view)
    for first, former in formed.items():
        rebind_all(view, first, former)
    whole = {*formed} | {
        leader(view, dataset)
        for saying in sayings
        for dataset, facts in saying.datasets.items()
        if facts.versions and declare(view, dataset, facts.versions)
    }
    rebind(view, changed, whole)
    wire(view, changed, [saying.job for saying in sayings if saying.job])
    transaction.write(difference(view))
    return {event_id: saying.warnings for event_id, saying in said if saying.warnings}


def _said(event: Event) -> tuple[str, Saying]:
    return event.id, say(event)


def scopes_of(sayings: Iterable[Saying]) -> set[str]:
    """Return the keys of all scopes that these speak of."""
    found: set[str] = set()
    for saying in sayings:
        found.update(saying.runs, saying.jobs, saying.datasets, saying.columns)
    return found


def merge(view: View, saying: Saying) -> None:
    """Take what is said into the facts of a batch; the saying must not be used any more."""
    _merge_all(view.runs, saying.runs)
    _merge_all(view.jobs, saying.jobs)
    _merge_all(view.datasets, saying.datasets)
    _merge_all(view.columns, saying.columns)
    view.contents.update(saying.contents)
    view.shapes.update(saying.shapes)


def _merge_all(scopes: Scopes[F], said: Mapping[str, F]) -> None:
    for name, facts in said.items():
        known = scopes.find(name)
        if known is None:
            scopes.now[name] = facts
        else:
            known.merge(facts)  # type: ignore[attr-defined]


def difference(view: View) -> GraphChange:
    """Return what turns the rendering of the facts as they were into that of the facts as they are now."""
    change = GraphChange()
    texts = {**view.runs.changed(), **view.versions.changed()}
    _owners(view, texts)
    _datasets(view, change)
    _jobs(view, change)
    for name in sorted(texts):
        if kind_of(name) == "run":
            before = render_run(name, view.runs.before(name), view.datasets.now)
            _diff(view, change, before, render_run(name, view.runs.after(name), view.datasets.now))
        else:
            owner = view.datasets.now[view.versions.now[name].dataset]
            before = render_version(name, view.versions.before(name), owner)
            _diff(view, change, before, render_version(name, view.versions.after(name), owner))
    _columns(view, change)
    change.facts.update(texts)
    change.facts.update(view.groups.changed())
    change.orphans -= _named_columns(view) if change.orphans else set()
    return change


def _named_columns(view: View) -> set[str]:
    """Return the columns that stay because something but lineage names them."""
    facts = [facts for name, facts in view.datasets.now.items() if name not in view.datasets.gone]
    return {column_key(each.namespace, each.name, column) for each in facts for column in each.columns}


def _owners(view: View, texts: Mapping[str, str]) -> None:
    """Load the datasets of all runs that are rendered, also of those that only a late write concerns."""
    named = {
        dataset
        for name in texts
        if name in view.runs.now
        for said in view.runs.now[name].every_said()
        for dataset in (*said.inputs, *said.outputs)
    }
    view.open(view.datasets, named)


def _datasets(view: View, change: GraphChange) -> None:
    texts = view.datasets.changed()
    for name in sorted(texts):
        before, now = view.datasets.before(name), view.datasets.after(name)
        if before and now and _dataset_values(before) == _dataset_values(now):
            continue
        if now and now.used_schema:  # an earlier batch may have brought it, and it is shown from now on only
            _, _, digest, text = now.used_schema
            view.contents[digest] = text
        _diff(view, change, render_dataset(name, before), render_dataset(name, now))
        if before and now and version_labels(before) != version_labels(now):
            change.relabelled[name] = version_labels(now)
    change.facts.update(texts)


def _jobs(view: View, change: GraphChange) -> None:
    texts = view.jobs.changed()
    for name in sorted(texts):
        before, now = view.jobs.before(name), view.jobs.now[name]
        gone_ = name in view.jobs.gone
        if not before or gone_ or _job_values(before) != _job_values(now):
            _diff(view, change, render_job(before), render_job(view.jobs.after(name)))
        old = before.edges if before else {}
        gone = {wire_: each for wire_, each in old.items() if now.edges.get(wire_) != each}
        new = {wire_: each for wire_, each in now.edges.items() if old.get(wire_) != each}
        rendered = render_wires(name, gone, _parts(old)), render_wires(name, new, _parts(now.edges))
        _diff(view, change, *rendered)
    change.facts.update(texts)


def _dataset_values(facts: DatasetFacts) -> tuple[object, ...]:
    # Its lineage facet makes edges, which tell when it was said.
    used = facts.used_schema and facts.used_schema[1:]
    return _values(facts.registers), facts.registers.get("lineage"), facts.columns, used, facts.ruled


def _job_values(facts: JobFacts) -> tuple[object, ...]:
    return _values(facts.registers), facts.parents, _values(facts.triggers), facts.flows, facts.declared


def _values(registers: Mapping[str, Register]) -> dict[str, Register]:
    """Return what can be seen of registers: not which event said it last."""
    return {name: register[1:] for name, register in registers.items()}


def _parts(wires: Mapping[str, object]) -> set[str]:
    return {name[1:].partition(" ")[0] for name in wires}


def _columns(view: View, change: GraphChange) -> None:
    texts = view.columns.changed()
    for name in sorted(texts):
        before, now = view.columns.before(name), view.columns.now[name]
        if is_steady(before, now):
            continue
        _diff(view, change, _derivations(view, before), _derivations(view, now))
        new = now.shapes.keys() - (before.shapes.keys() if before else ())
        change.facts.update((f"shape|{digest}", view.shape(digest)) for digest in new)
    change.facts.update(texts)


def _derivations(view: View, facts: ColumnFacts | None) -> Rendering:
    nodes, edges = derivations(facts, view.shape)
    return Rendering({node.key: node for node in nodes}, {edge.identity: edge for edge in edges})


def _diff(view: View, change: GraphChange, before: Rendering, after: Rendering) -> None:
    """Note what turns one rendering of a scope into the other."""
    for identity in before.edges.keys() - after.edges.keys():
        type_, source, target, _ = identity
        if type_ == "HAS_COLUMN" and source in view.datasets.gone:
            change.removed_nodes.add(target)
        if type_ != "HAS_COLUMN" or source in view.datasets.gone:
            change.removed_edges.add(identity)
        if kind_of(target) in SHARED:  # of the column of a dataset, others may speak too
            change.orphans.add(target)
    for identity, edge in after.edges.items():
        known = before.edges.get(identity)
        if known != edge:
            change.edges[identity] = edge
            if known:
                change.known[identity] = known
    change.removed_nodes |= {name for name in before.nodes.keys() - after.nodes.keys() if kind_of(name) not in SHARED}
    for name, node in after.nodes.items():
        if before.nodes.get(name) != node:
            change.nodes[name] = _with_content(view, node) if kind_of(name) == "facet" else node


def _with_content(view: View, node: Node) -> Node:
    return Node(node.key, {**node.properties, "json": view.contents[str(node.properties["json"])]})
