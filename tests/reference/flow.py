"""Run level in the graph: versions, what was read and written, and the checks made of them."""

from collections.abc import Iterator
from typing import Any

from headwater_collector.event import Event
from headwater_graph.keys import key

from tests.reference.entities import VERSIONED
from tests.reference.graph import Graph
from tests.reference.reading import Facet, Mention, entries, facet, facets, is_deleted, items, mentions, run_name, text
from tests.reference.registers import compact, is_malformed, latest
from tests.reference.runs import Runs
from tests.reference.versions import Bound, Timeline


def add_flow(graph: Graph, events: list[Event], runs: Runs) -> None:
    """Add versions and flow at run level; datasets and runs are there already."""
    names = {k: (p["namespace"], p["name"]) for k, p in graph.of_label("Dataset").items()}
    timeline = Timeline(events, runs, names)
    _add_versions(graph, timeline)
    for run, said in runs.items():
        _add_run(graph, run, said, timeline)
        _add_assertions(graph, run, said, timeline)
        _add_facets(graph, run, said, timeline)


def _add_versions(graph: Graph, timeline: Timeline) -> None:
    named = {timeline.key_of(d, "v", v): (d, v, "EXPLICIT") for d, v in timeline.published}
    for write in timeline.writes:
        named[write.version] = (write.dataset, write.named or "", "EXPLICIT" if write.named else "RUN")
    for bound in timeline.bound:
        read = bound.read
        named.setdefault(bound.version, (read.dataset, read.named or "", "EXPLICIT" if read.named else "UNKNOWN"))
    for version, (dataset, name, source) in named.items():
        written, failed = timeline.written_at(version)
        is_model = "Model" in graph.nodes[dataset][0]
        graph.add_node(
            version,
            ["ModelVersion"] if is_model else [],
            datasetKey=dataset,
            version=name,
            source=source,
            writtenAt=written,
            failed=failed or None,
        )
        graph.add_edge("VERSION_OF", version, dataset)


def _add_run(graph: Graph, run: str, events: list[Event], timeline: Timeline) -> None:
    structure = timeline.structures[run]
    steps: dict[str | None, str] = {digest: key("runstep", run, digest) for digest in structure.steps}
    for step in steps.values():
        graph.add_node(step)
        graph.add_edge("HAS_STEP", run, step)
    steps[None] = run
    for dataset, digest, evidence in structure.writes:
        for write in timeline.writes:
            if (write.run, write.dataset) == (run, dataset):
                graph.add_edge("WROTE", steps[digest], write.version, evidence=evidence)
    for dataset, digest, evidence in structure.reads:
        _add_reads(graph, steps[digest], timeline.bound_of(run, dataset), evidence, _role(events, dataset))


def _add_reads(graph: Graph, target: str, bounds: list[Bound], evidence: str, role: str | None) -> None:
    for version in {bound.version for bound in bounds}:
        same = [bound for bound in bounds if bound.version == version]
        best = min(same, key=lambda bound: (bound.inferred, bound.read.named or ""))
        graph.add_edge(
            "READ_BY",
            version,
            target,
            evidence=evidence,
            inferred=best.inferred,
            namedVersion=best.read.named if best.inferred else None,
            role=role,
        )


def _role(events: list[Event], dataset: str) -> str | None:
    said = [
        (m.token, content)
        for event in events
        for m in mentions(event, "input")
        if m.key == dataset and (content := facet(m.body, "headwater_inputRole", "inputFacets")) is not None
    ]
    return text((latest(said, "headwater_inputRole", deletable=False) or {}).get("role"))


def _add_assertions(graph: Graph, run: str, events: list[Event], timeline: Timeline) -> None:
    said = [(m, one) for event in events for m in mentions(event) if (one := _checks(m.body, m.role)) is not None]
    for dataset in {m.key for m, _ in said}:
        mention, content = max((one for one in said if one[0].key == dataset), key=lambda one: one[0].token)
        if mention.role == "input":
            versions = {bound.version for bound in timeline.bound_of(run, dataset)}
        else:
            versions = {w.version for w in timeline.writes if (w.run, w.dataset) == (run, dataset)}
        for check in map(entries, items(content.get("assertions"))):
            if text(check.get("assertion")) and isinstance(check.get("success"), bool):
                _add_assertion(graph, run, dataset, check, run_name(events[0].body["run"]["runId"]), versions)


def _checks(body: Any, role: str) -> Facet | None:
    places = ("inputFacets", "facets") if role == "input" else ("facets",)
    for place in places:
        content = facet(body, "dataQualityAssertions", place)
        if content is not None and not is_malformed("dataQualityAssertions", content):
            return content
    return None


def _add_assertion(graph: Graph, run: str, dataset: str, check: Facet, run_id: str, versions: set[str]) -> None:
    column = text(check.get("column"))
    assertion = key("assertion", run, dataset, check["assertion"], column or "")
    graph.add_node(
        assertion,
        name=check["assertion"],
        column=column,
        success=check["success"],
        severity=text(check.get("severity")),
        expected=text(check.get("expected")),
        actual=text(check.get("actual")),
        runId=run_id,
    )
    for version in versions:
        graph.add_edge("CHECKED", assertion, version)


def _add_facets(graph: Graph, run: str, events: list[Event], timeline: Timeline) -> None:
    """Add what the run says of the versions that it read and wrote."""
    said = [(m, *one) for e in events for m in mentions(e) for one in _told(m)]
    for role, dataset, name in {(m.role, m.key, name) for m, name, _, _ in said}:
        same = [(m.token, rank, f) for m, n, rank, f in said if (m.role, m.key, n) == (role, dataset, name)]
        content = max(same, key=lambda one: one[:2])[2]
        told = key("facet", run, "out" if role == "output" else "in", dataset, name)
        graph.add_node(told, name=name, json=compact(content), dataset=dataset)
        written = [w.version for w in timeline.writes if (w.run, w.dataset) == (run, dataset)]
        for owner in written if role == "output" else [run]:
            graph.add_edge("HAS_FACET", owner, told)


def _told(mention: Mention) -> Iterator[tuple[str, int, Facet]]:
    """Yield the facets that tell of a run's use of a dataset: name, rank inside the event, and content."""
    if mention.role == "input":
        known = ("dataQualityAssertions", "headwater_inputRole")
        yield from (
            (name, 1, f) for name, f in facets(mention.body, "inputFacets") if name not in known and not is_deleted(f)
        )
    if mention.role == "output":
        yield from ((name, 1, f) for name, f in facets(mention.body, "outputFacets") if not is_deleted(f))
        model = facet(mention.body, VERSIONED)
        if model is not None and not is_deleted(model):
            yield VERSIONED, 0, model
