"""What a run reads and writes as nodes and edges: its steps, and the versions that only it knows. Pure."""

from collections.abc import Iterator, Mapping, Sequence

from headwater_graph.change import Edge, Value
from headwater_graph.keys import key

from headwater_collector.projection.facts.access import Access, strongest
from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.facts.register import Register, merge_registers
from headwater_collector.projection.facts.run import RunFacts
from headwater_collector.projection.portions import portions, structures
from headwater_collector.projection.render_entities import add_version
from headwater_collector.projection.render_quality import add_quality
from headwater_collector.projection.rendering import EVIDENCE_NAME, Rendering, value_of
from headwater_collector.projection.touch import Touches, plain_write, touches

Written = Mapping[str, Mapping[str, Sequence[str]]]
"""Keys of the versions that a run wrote, by dataset and job or `WHOLE`."""


def add_flow(found: Rendering, run: str, facts: RunFacts, datasets: Mapping[str, DatasetFacts]) -> None:
    """Add the steps of a run, its reads and writes, the versions that only it knows, and what it tells of them."""
    digests = sorted({digest for wires in structures(facts).values() for digest in wires.steps()})
    steps = {"": run, **{digest: key("runstep", run, digest) for digest in digests}}
    found.steps(run, steps)
    written = _versions(found, run, facts, datasets)
    _reads(found, facts, steps)
    _writes(found, facts, steps, written)
    _carried(found, run, facts, written)
    _facets(found, run, facts, written)
    add_quality(found, run, facts, datasets, written)


def _versions(found: Rendering, run: str, facts: RunFacts, datasets: Mapping[str, DatasetFacts]) -> Written:
    """Add the versions that only this run knows; return the keys of all that it wrote."""
    written: dict[str, dict[str, list[str]]] = {}
    for dataset, done in touches(facts).items():
        owner = datasets[dataset]
        time, ok = plain_write(done)
        own = key("version", owner.namespace, owner.name, "run", run) if time else ""
        if own:
            add_version(found, own, dataset, {"source": "RUN", "writtenAt": time, "failed": not ok}, owner)
        for touch in done:
            if touch.writes is not None:
                named = [key("version", owner.namespace, owner.name, "v", version) for version in touch.writes]
                written.setdefault(dataset, {})[touch.part] = named or [own]
        bound = {version for bound in facts.bound.get(dataset, {}).values() for version, _, _ in bound}
        unknown = key("version", owner.namespace, owner.name, "unknown", run) if bound else ""
        if unknown in bound:
            add_version(found, unknown, dataset, {"source": "UNKNOWN"}, owner)
    return written


def _reads(found: Rendering, facts: RunFacts, steps: Mapping[str, str]) -> None:
    reads = []
    readers: dict[tuple[str, str, str], list[Access]] = {}
    for part, wires in structures(facts).items():
        inputs = portions(facts)[part].said.inputs
        for (step, dataset), evidence in wires.reads.items():
            for version, inferred, named in facts.bound[dataset][part]:
                reads.append((inferred, named, evidence, dataset, version, step))
                readers.setdefault((dataset, version, step), []).append(inputs[dataset])
    # Two names of one dataset, or two jobs, may be bound to one version: what is said best of it is said last.
    for inferred, named, evidence, dataset, version, step in sorted(reads, reverse=True):
        told = _told(readers[dataset, version, step])
        properties: dict[str, Value] = {
            "evidence": EVIDENCE_NAME[evidence],
            "inferred": inferred,
            "namedVersion": named or None,
            "role": value_of(told, "headwater_inputRole") or None,
            **_extent(told, "inputStatistics"),
        }
        found.edge("READ_BY", version, steps[step], properties)


def _writes(found: Rendering, facts: RunFacts, steps: Mapping[str, str], written: Written) -> None:
    writes: dict[tuple[str, str], list[tuple[int, str, Access]]] = {}
    done = touches(facts)
    for part, wires in structures(facts).items():
        outputs = portions(facts)[part].said.outputs
        for (step, dataset), evidence in wires.writes.items():
            carries = _carries(done[dataset], part)
            for version in written[dataset][part]:
                writes.setdefault((step, version), []).append((evidence, carries, outputs[dataset]))
    for (step, version), by in writes.items():
        told = _told([access for _, _, access in by])
        change = value_of(told, "lifecycleStateChange")
        properties: dict[str, Value] = {
            "evidence": EVIDENCE_NAME[min(evidence for evidence, _, _ in by)],
            "carries": strongest(carries for _, carries, _ in by) or None,
            "change": change[0] if change else None,
            **_extent(told, "outputStatistics"),
        }
        found.edge("WROTE", steps[step], version, properties)


def _carries(done: Touches, part: str) -> str:
    return next(touch.carries for touch in done if touch.part == part)


def _told(accesses: Sequence[Access]) -> Mapping[str, Register]:
    """Return what several jobs told of one read or write together."""
    if len(accesses) == 1:
        return accesses[0].told
    told: dict[str, Register] = {}
    for access in accesses:
        merge_registers(told, access.told)
    return told


def _extent(told: Mapping[str, Register], statistics: str) -> dict[str, Value]:
    rows, size, files = value_of(told, statistics) or (None, None, None)
    subset = value_of(told, "subset")
    return {"rowCount": rows, "size": size, "fileCount": files, "subset": subset or None}


def _carried(found: Rendering, run: str, facts: RunFacts, written: Written) -> None:
    """Add what lives on in the versions that the run wrote."""
    carried: dict[tuple[str, str], list[str]] = {}
    for dataset, by_part in facts.carried.items():
        for part, before in by_part.items():
            for version in written[dataset][part]:
                carried.setdefault((before, version), []).append(_carries(touches(facts)[dataset], part))
    for (before, version), evidence in carried.items():
        properties: dict[str, Value] = {"evidence": strongest(evidence), "saidBy": run}
        edge = Edge("CARRIED_INTO", before, version, properties, run)
        found.edges[edge.identity] = edge


def _facets(found: Rendering, run: str, facts: RunFacts, written: Written) -> None:
    """Add what the run says of datasets that is held nowhere else."""
    whole = facts.whole()
    for dataset, access in whole.outputs.items():
        for name, digest in _kept(access):
            facet = found.facet(run, name, digest, dataset, "out")
            for version in {version for versions in written[dataset].values() for version in versions}:
                found.edge("HAS_FACET", version, facet)
    for dataset, access in whole.inputs.items():
        for name, digest in _kept(access):
            found.edge("HAS_FACET", run, found.facet(run, name, digest, dataset, "in"))


def _kept(access: Access) -> Iterator[tuple[str, str]]:
    for name, register in access.facets.items():
        if register[1]:
            yield name, register[1]
    for name, register in access.told.items():
        if len(register) > 2:
            yield name, register[2]
