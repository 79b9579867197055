"""Run level in the graph: versions, what was read and written, and what is told of them."""

from collections.abc import Iterable

from headwater_collector.event import Event
from headwater_graph.keys import key
from headwater_graph.vocabulary import EVIDENCE

from tests.reference.accesses import carries, kept, of_read, of_write, told
from tests.reference.checks import add_checks
from tests.reference.graph import Graph
from tests.reference.groups import alias_groups
from tests.reference.keeping import add_facet
from tests.reference.reading import Facet
from tests.reference.runs import Runs
from tests.reference.sql import left_by
from tests.reference.versions import Part, Timeline

STRENGTH = list(EVIDENCE)


def add_flow(graph: Graph, events: list[Event], runs: Runs, spoken: Runs) -> None:
    """Add versions and flow at run level; datasets and runs are there already."""
    names = {k: (p["namespace"], p["name"]) for k, p in graph.of_label("Dataset").items()}
    timeline = Timeline(events, runs, spoken, names, alias_groups(graph))
    _add_versions(graph, timeline)
    for run in runs.keys() | spoken.keys():
        _add_run(graph, run, runs.get(run, []), timeline)
    for run, said in runs.items():
        add_checks(graph, run, said, timeline)


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
    parts = timeline.parts_of(run)
    digests = set[str]().union(*(timeline.structures[part].steps for part in parts))
    steps: dict[str | None, str] = {digest: key("runstep", run, digest) for digest in digests}
    for step in steps.values():
        graph.add_node(step)
        graph.add_edge("HAS_STEP", run, step)
    steps[None] = run
    for digest, target in steps.items():
        _add_reads(graph, target, digest, parts, timeline)
        _add_writes(graph, target, digest, parts, timeline)
    _add_carried(graph, run, parts, timeline)
    for dataset, current in kept(events, "input").items():
        _add_facets(graph, run, dataset, "input", current, {run})
    for dataset, current in kept(events, "output").items():
        _add_facets(graph, run, dataset, "output", current, timeline.written_by(parts, dataset))


def _add_writes(graph: Graph, target: str, digest: str | None, parts: list[Part], timeline: Timeline) -> None:
    """Add the edges out of a run or step; those who wrote one version there tell of the edge together."""
    writes = [(p, d, why) for p in parts for d, step, why in timeline.structures[p].writes if step == digest]
    for dataset in {dataset for _, dataset, _ in writes}:
        mine = {part: why for part, d, why in writes if d == dataset}
        for version in timeline.written_by(mine, dataset):
            by = [part for part in mine if version in timeline.written_by([part], dataset)]
            said = [event for part in by for event in timeline.said[part]]
            known = of_write(told(said, "output").get(dataset, {}), said, dataset)
            evidence = min((mine[part] for part in by), key=STRENGTH.index)
            carried = _strongest(_carries(part, dataset, timeline) for part in by)
            graph.add_edge("WROTE", target, version, evidence=evidence, carries=carried, **known)


def _add_carried(graph: Graph, run: str, parts: list[Part], timeline: Timeline) -> None:
    carried: dict[tuple[str, str], list[str]] = {}
    for part in parts:
        for dataset in timeline.structures[part].outputs:
            kept = _carries(part, dataset, timeline)
            before = timeline.before_write(part, dataset) if kept else None
            if kept and before:
                for version in timeline.written_by([part], dataset):
                    carried.setdefault((before, version), []).append(kept)
    for (before, version), why in carried.items():
        graph.add_edge("CARRIED_INTO", before, version, run, saidBy=run, evidence=_strongest(why))


def _carries(part: Part, dataset: str, timeline: Timeline) -> str | None:
    """Return the evidence that what was written still holds what was there before."""
    if not timeline.is_good(part):
        return None
    said = timeline.said[part]
    current = told(said, "output").get(dataset, {})
    return carries(of_write(current, said, dataset), current, left_by(said, dataset))


def _strongest(said: Iterable[str | None]) -> str | None:
    found = {*said}
    return next((why for why in ("LIFECYCLE", "COMMIT_REPORT", "SUBSET", "STATEMENT") if why in found), None)


def _add_reads(graph: Graph, target: str, digest: str | None, parts: list[Part], timeline: Timeline) -> None:
    """Add the edges into a run or step; of all reads that reach one version, the best tells of the edge."""
    evidence = {(p, d): why for p in parts for d, step, why in timeline.structures[p].reads if step == digest}
    every = [bound for part, dataset in evidence for bound in timeline.bound_of(part, dataset)]
    for version in {bound.version for bound in every}:
        mine = [bound for bound in every if bound.version == version]
        inferred, named, rank, dataset = min(
            (
                b.inferred,
                timeline.other_name(b) or "",
                STRENGTH.index(evidence[b.read.part, b.read.dataset]),
                b.read.dataset,
            )
            for b in mine
        )
        readers = {bound.read.part for bound in mine if bound.read.dataset == dataset}
        said = [event for part in readers for event in timeline.said[part]]
        known = of_read(told(said, "input").get(dataset, {}))
        graph.add_edge(
            "READ_BY", version, target, evidence=STRENGTH[rank], inferred=inferred, namedVersion=named, **known
        )


def _add_facets(graph: Graph, run: str, dataset: str, role: str, current: dict[str, Facet], owners: set[str]) -> None:
    """Add what the run says of a dataset that is held nowhere else."""
    for name, content in current.items():
        facet = key("facet", run, "out" if role == "output" else "in", dataset, name)
        add_facet(graph, facet, owners, name, content, dataset, role)
