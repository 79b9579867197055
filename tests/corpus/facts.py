"""A graph told as the sets that are compared with the corpus."""

from tests.reference.graph import Graph

Rows = set[tuple[str, ...]]
NAMED = ("datasets", "jobs", "runs", "job_reads", "job_writes", "run_of_job", "run_reads", "run_writes")


def sets_of(graph: Graph) -> dict[str, Rows]:
    """Return what a graph holds, as sets of names; flow through a step counts as its owner's."""
    told = _Told(graph)
    return {
        "datasets": {told.name(key) for key in graph.of_label("Dataset")},
        "jobs": {told.name(key) for key in graph.of_label("Job")},
        "runs": {told.run(key) for key in graph.of_label("Run")},
        "job_reads": {told.name(told.owner(t)) + told.name(s) for s, t in told.inputs() if told.is_of_job(t)},
        "job_writes": {told.name(told.owner(s)) + told.name(t) for s, t in told.pairs("PRODUCES") if told.is_of_job(s)},
        "run_of_job": {told.run(s) + told.name(t) for s, t in told.pairs("RUN_OF")},
        "run_reads": {told.run(told.owner(t)) + told.dataset(s) for s, t in told.pairs("READ_BY")},
        "run_writes": {told.run(told.owner(s)) + told.dataset(t) for s, t in told.pairs("WROTE")},
        "column_edges": {told.column(s) + told.column(t) for s, t in told.pairs("DERIVES")},
        "parent_jobs": {told.name(s) + told.name(t) for s, t in told.pairs("PART_OF") if s.startswith("job|")},
        "parent_runs": {told.run(s) + told.run(t) for s, t in told.pairs("PART_OF") if s.startswith("run|")},
        "symlinks": {told.name(s) + told.name(t) for s, t in told.aliases()},
        "dataset_versions": told.versions(),
        "terminal": {(*told.run(key), p["state"]) for key, p in graph.of_label("Run").items() if p.get("endedAt")},
        "started": {told.run(key) for key, p in graph.of_label("Run").items() if p.get("startedAt")},
    }


class _Told:
    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.owners = {step: owner for (type_, owner, step, _) in graph.edges if type_ == "HAS_STEP"}

    def pairs(self, type_: str) -> set[tuple[str, str]]:
        return {(source, target) for (name, source, target, _) in self.graph.edges if name == type_}

    def inputs(self) -> set[tuple[str, str]]:
        """Return the datasets that feed something; what jobs feed jobs is no input of theirs."""
        return {(source, target) for source, target in self.pairs("FEEDS") if source.startswith("dataset|")}

    def aliases(self) -> set[tuple[str, str]]:
        return {(s, t) for (name, s, t, said_by) in self.graph.edges if name == "ALIAS_OF" and s == said_by}

    def owner(self, key: str) -> str:
        return self.owners.get(key, key)

    def is_of_job(self, key: str) -> bool:
        """Return whether a part of a flow is a job's, and not what a dataset says of itself."""
        return self.owner(key).startswith("job|")

    def name(self, key: str) -> tuple[str, ...]:
        properties = self.graph.nodes[key][1]
        return (properties["namespace"], properties["name"])

    def run(self, key: str) -> tuple[str, ...]:
        return (self.graph.nodes[key][1]["runId"],)

    def dataset(self, version: str) -> tuple[str, ...]:
        return self.name(self.graph.nodes[version][1]["datasetKey"])

    def column(self, key: str) -> tuple[str, ...]:
        return (*self.name(key), self.graph.nodes[key][1]["field"])

    def versions(self) -> Rows:
        found = self.graph.of_label("DatasetVersion").values()
        return {(*self.name(p["datasetKey"]), p["version"]) for p in found if "version" in p}
