"""Run level in the graph: versions, what was read and written, and what is told of them."""

from headwater_collector.event import Event
from headwater_graph.keys import key
from headwater_graph.vocabulary import EVIDENCE

from tests.reference.accesses import carries, of_read, of_write, told
from tests.reference.checks import add_checks
from tests.reference.graph import Graph
from tests.reference.groups import alias_groups
from tests.reference.keeping import add_facet, is_kept
from tests.reference.reading import Facet
from tests.reference.runs import Runs
from tests.reference.versions import Timeline

STRENGTH = list(EVIDENCE)


def add_flow(graph: Graph, events: list[Event], runs: Runs) -> None:
    """Add versions and flow at run level; datasets and runs are there already."""
    names = {k: (p["namespace"], p["name"]) for k, p in graph.of_label("Dataset").items()}
    timeline = Timeline(events, runs, names, alias_groups(graph))
    _add_versions(graph, timeline)
    for run, said in runs.items():
        _add_run(graph, run, said, timeline)
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
    structure = timeline.structures[run]
    steps: dict[str | None, str] = {digest: key("runstep", run, digest) for digest in structure.steps}
    for step in steps.values():
        graph.add_node(step)
        graph.add_edge("HAS_STEP", run, step)
    steps[None] = run
    read, written = told(events, "input"), told(events, "output")
    for dataset, digest, evidence in structure.writes:
        known = of_write(written.get(dataset, {}), events, dataset)
        kept = carries(known, written.get(dataset, {})) if timeline.is_good(run) else None
        before = timeline.before_write(run, dataset) if kept else None
        for version in timeline.written_by(run, dataset):
            graph.add_edge("WROTE", steps[digest], version, evidence=evidence, carries=kept, **known)
            if before:
                graph.add_edge("CARRIED_INTO", before, version, run, saidBy=run, evidence=kept)
    for digest, target in steps.items():
        _add_reads(graph, target, [r for r in structure.reads if r[1] == digest], run, timeline, read)
    for dataset, current in read.items():
        _add_facets(graph, run, dataset, "input", current, {run})
    for dataset, current in written.items():
        _add_facets(graph, run, dataset, "output", current, timeline.written_by(run, dataset))


def _add_reads(
    graph: Graph,
    target: str,
    reads: list[tuple[str, str | None, str]],
    run: str,
    timeline: Timeline,
    read: dict[str, dict[str, Facet]],
) -> None:
    """Add the edges into a run or step; of all reads that reach one version, the best tells of the edge."""
    evidence = {dataset: why for dataset, _, why in reads}
    every = [bound for dataset in evidence for bound in timeline.bound_of(run, dataset)]
    for version in {bound.version for bound in every}:
        best = min(
            (bound.inferred, timeline.other_name(bound) or "", STRENGTH.index(evidence[dataset]), dataset)
            for bound in every
            if bound.version == version and (dataset := bound.read.dataset)
        )
        inferred, named, rank, dataset = best
        known = of_read(read.get(dataset, {}))
        graph.add_edge(
            "READ_BY", version, target, evidence=STRENGTH[rank], inferred=inferred, namedVersion=named, **known
        )


def _add_facets(graph: Graph, run: str, dataset: str, role: str, current: dict[str, Facet], owners: set[str]) -> None:
    """Add what the run says of a dataset that is held nowhere else."""
    for name, content in current.items():
        if is_kept(role, name, content):
            facet = key("facet", run, "out" if role == "output" else "in", dataset, name)
            add_facet(graph, facet, owners, name, content, dataset)
