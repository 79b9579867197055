"""Datasets and jobs: which there are, what their registers say of them, and their aliases."""

from collections.abc import Iterator

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import dataset_key, job_key

from tests.reference.graph import Graph
from tests.reference.reading import Facet, Token, entries, facet, facets, is_named, items, mentions, text, token
from tests.reference.registers import keep, owners, registers
from tests.reference.structure import column_inputs, is_dataset, is_readable, lineage_sources

Name = tuple[str, str]
VERSIONED = "headwater_model"
"""A dataset facet that on an output tells of the version that a run wrote."""


def add_datasets(graph: Graph, events: list[Event]) -> None:
    """Add every dataset named anywhere, with what is known of it, and its aliases."""
    for namespace, name in {name for event in events for name in _named_datasets(event)}:
        dataset = dataset_key(namespace, name)
        current = registers(
            (m.token, n, f)
            for e in events
            for m in mentions(e)
            if m.key == dataset
            for n, f in facets(m.body)
            if not (n == VERSIONED and m.role == "output")
        )
        columns = list(_columns(current.get("schema", {}), ""))
        kind = current.get("datasetType", {})
        graph.add_node(
            dataset,
            dataset_labels(kind),
            namespace=namespace,
            name=name,
            type=text(kind.get("datasetType")),
            subType=text(kind.get("subType")),
            description=text(current.get("documentation", {}).get("description")),
            columns=[column for column, _ in columns],
            columnTypes=[type_ for _, type_ in columns],
            owners=owners(current.get("ownership")),
        )
        keep(graph, dataset, current)
        _add_aliases(graph, dataset, current.get("symlinks", {}))


def dataset_labels(kind: Facet) -> set[str]:
    """Return the extra labels that a datasetType facet gives."""
    main, sub = (text(kind.get("datasetType")) or "").upper(), (text(kind.get("subType")) or "").upper()
    rules = {
        "Model": main == "MODEL",
        "FeatureView": main == "FEATURE_VIEW",
        "FeatureService": main == "FEATURE_SERVICE",
        "Endpoint": main in ("SERVICE", "ENDPOINT") or sub == "ENDPOINT",
        "Predictions": sub == "PREDICTIONS",
    }
    return {label for label, holds in rules.items() if holds}


def _named_datasets(event: Event) -> Iterator[Name]:
    for mention in mentions(event):
        yield mention.namespace, mention.name
        lineage, columns, symlinks = (facet(mention.body, n) for n in ("lineage", "columnLineage", "symlinks"))
        said = lineage_sources(lineage) if lineage is not None and is_readable("lineage", lineage) else []
        said += column_inputs(columns) if columns is not None and is_readable("columnLineage", columns) else []
        said += items(symlinks.get("identifiers")) if symlinks is not None and is_readable("symlinks", symlinks) else []
        yield from ((item["namespace"], item["name"]) for item in said if is_named(item))
    job = facet(event.body.get("job"), "lineage") if event.kind is not EventKind.DATASET else None
    if job is not None and is_readable("lineage", job):
        for entry in items(job.get("entries")):
            if is_dataset(entry) and is_readable("lineage", entry):
                yield entry["namespace"], entry["name"]
                yield from ((item["namespace"], item["name"]) for item in lineage_sources(entry))


def _columns(owner: Facet, prefix: str) -> Iterator[tuple[str, str]]:
    for column in items(owner.get("fields")):
        name = text(entries(column).get("name"))
        if name:
            yield prefix + name, text(column.get("type")) or ""
            yield from _columns(column, f"{prefix}{name}.")


def _add_aliases(graph: Graph, dataset: str, symlinks: Facet) -> None:
    for item in items(symlinks.get("identifiers")):
        if is_named(item) and dataset_key(item["namespace"], item["name"]) != dataset:
            other, type_ = dataset_key(item["namespace"], item["name"]), text(item.get("type"))
            graph.add_edge("ALIAS_OF", dataset, other, dataset, saidBy=dataset, type=type_)
            graph.add_edge("ALIAS_OF", other, dataset, dataset, saidBy=dataset, type=type_)


def add_jobs(graph: Graph, events: list[Event], stubs: set[Name]) -> None:
    """Add every job of an event and every job named as parent or root."""
    active = [event for event in events if event.kind is not EventKind.DATASET]
    own = {(event.body["job"]["namespace"], event.body["job"]["name"]) for event in active}
    for namespace, name in own | stubs:
        said: list[tuple[Token, str, Facet]] = [
            (token(event), facet_name, content)
            for event in active
            if (event.body["job"]["namespace"], event.body["job"]["name"]) == (namespace, name)
            for facet_name, content in facets(event.body["job"])
        ]
        current = registers(said)
        kind = current.get("jobType", {})
        graph.add_node(
            job_key(namespace, name),
            namespace=namespace,
            name=name,
            type=text(kind.get("jobType")),
            integration=text(kind.get("integration")),
            processing=text(kind.get("processingType")),
            description=text(current.get("documentation", {}).get("description")),
            owners=owners(current.get("ownership")),
        )
        keep(graph, job_key(namespace, name), current)
