"""Datasets and jobs: which there are, what their registers say of them, and their aliases."""

from collections.abc import Iterator
from typing import Any

from headwater_collector.event import Event, EventKind
from headwater_graph.keys import dataset_key, job_key

from tests.reference.dependencies import job_name, named_in
from tests.reference.graph import Graph
from tests.reference.keeping import keep
from tests.reference.lineage import is_readable, jobs_said, said_of
from tests.reference.reading import (
    Facet,
    Mention,
    entries,
    facet,
    facets,
    is_named,
    is_of_session,
    items,
    mentions,
    text,
    whole,
)
from tests.reference.registers import owners, registers
from tests.reference.schemas import schema_of
from tests.reference.shared import add_code_of_job
from tests.reference.statements import Name, elements, of_jobs, of_runs
from tests.reference.structure import column_inputs, lineage_sources, previous_names
from tests.reference.tags import add_tags


def add_datasets(graph: Graph, events: list[Event]) -> None:
    """Add every dataset named anywhere, with what is known of it, and its aliases."""
    for namespace, name in {name for event in events for name in _named_datasets(event)}:
        dataset = dataset_key(namespace, name)
        named = [m for e in events for m in mentions(e) if m.key == dataset]
        current = registers((m.token, n, f) for m in named for n, f in facets(m.body) if _is_register(m, n))
        schema = schema_of(named)
        current |= {"schema": schema} if schema is not None else {}
        columns = list(_columns(current.get("schema", {}), ""))
        kind = current.get("datasetType", {})
        graph.add_node(
            dataset,
            dataset_labels(current),
            namespace=namespace,
            name=name,
            type=text(kind.get("datasetType")),
            subType=text(kind.get("subType")),
            description=text(current.get("documentation", {}).get("description")),
            columns=[column for column, _ in columns],
            columnTypes=[type_ for _, type_ in columns],
            owners=owners(current.get("ownership")),
            **_places(current),
        )
        keep(graph, dataset, current)
        add_tags(graph, dataset, current.get("tags"), (namespace, name))
        _add_aliases(graph, dataset, current.get("symlinks", {}))


def _is_register(mention: Mention, name: str) -> bool:
    """Return whether a facet tells of a dataset, and not of what a run or job did with it."""
    by_run = mention.event.kind is EventKind.RUN
    match name:
        case "headwater_model" | "lifecycleStateChange":
            return mention.role != "output"
        case "dataQualityMetrics":
            return not by_run
        case "lineage" | "columnLineage" | "version":
            return mention.role == "dataset"
        case "schema":
            return False  # two registers, see `schemas`
    return True


def _places(current: dict[str, Facet]) -> dict[str, Any]:
    source, storage, catalog = (current.get(name, {}) for name in ("dataSource", "storage", "catalog"))
    levels = [
        f"{level['type']}={level['name']}"
        for level in elements(current.get("hierarchy"), "hierarchy")
        if text(level.get("type")) and text(level.get("name"))
    ]
    return {
        "dataSource": text(source.get("name")),
        "uri": text(source.get("uri")),
        "storageLayer": text(storage.get("storageLayer")),
        "fileFormat": text(storage.get("fileFormat")),
        "catalog": text(catalog.get("name")),
        "catalogType": text(catalog.get("type")),
        "hierarchy": levels,
    }


def dataset_labels(current: dict[str, Facet]) -> set[str]:
    """Return the extra labels that the facets of a dataset give."""
    kind = current.get("datasetType", {})
    main, sub = (text(kind.get("datasetType")) or "").upper(), (text(kind.get("subType")) or "").upper()
    rules = {
        "Model": main == "MODEL",
        "FeatureView": main == "FEATURE_VIEW" or "feast_featureView" in current,
        "FeatureService": main == "FEATURE_SERVICE" or "feast_featureService" in current,
        "Endpoint": main in ("SERVICE", "ENDPOINT") or sub == "ENDPOINT",
        "Predictions": sub == "PREDICTIONS",
    }
    return {label for label, holds in rules.items() if holds}


def _named_datasets(event: Event) -> Iterator[Name]:
    for mention in mentions(event):
        yield mention.namespace, mention.name
        yield from previous_names(mention)
        lineage, columns, symlinks = (facet(mention.body, n) for n in ("lineage", "columnLineage", "symlinks"))
        said = lineage_sources(lineage) if lineage is not None and is_readable("lineage", lineage) else []
        said += column_inputs(columns) if columns is not None and is_readable("columnLineage", columns) else []
        links = items(symlinks.get("identifiers")) if symlinks is not None and is_readable("symlinks", symlinks) else []
        said += [link for link in links if not is_of_session(link)]
        yield from ((item["namespace"], item["name"]) for item in said if is_named(item))
    named = [thing for entry in said_of(event) for thing in (entry.target, *entry.sources)]
    yield from (thing.name for thing in named if not thing.is_job)


def _columns(owner: Facet, prefix: str) -> Iterator[tuple[str, str]]:
    for column in items(owner.get("fields")):
        name = text(entries(column).get("name"))
        if name:
            yield prefix + name, text(column.get("type")) or ""
            yield from _columns(column, f"{prefix}{name}.")


def _add_aliases(graph: Graph, dataset: str, symlinks: Facet) -> None:
    for item in items(symlinks.get("identifiers")):
        if is_named(item) and not is_of_session(item) and dataset_key(item["namespace"], item["name"]) != dataset:
            other, type_ = dataset_key(item["namespace"], item["name"]), text(item.get("type"))
            graph.add_edge("ALIAS_OF", dataset, other, dataset, saidBy=dataset, type=type_)
            graph.add_edge("ALIAS_OF", other, dataset, dataset, saidBy=dataset, type=type_)


def add_jobs(graph: Graph, events: list[Event]) -> None:
    """Add every job of an event and every job named as parent, root or dependency."""
    stubs = {job_name(one) for one in named_in(of_runs(events))} | {job.name for job in jobs_said(events)}
    said = of_jobs(events)
    for name in said.keys() | stubs:
        job, current = job_key(*name), registers(said.get(name, []))
        kind, sql = current.get("jobType", {}), current.get("sql", {})
        pattern = entries(kind.get("emissionPattern"))
        graph.add_node(
            job,
            namespace=name[0],
            name=name[1],
            type=text(kind.get("jobType")),
            integration=text(kind.get("integration")),
            processing=text(kind.get("processingType")),
            eventTrigger=text(pattern.get("eventTrigger")),
            contentMode=text(pattern.get("eventContentMode")),
            windowDuration=whole(pattern.get("windowDuration")),
            description=text(current.get("documentation", {}).get("description")),
            owners=owners(current.get("ownership")),
            sql=(text(sql.get("query")) or "")[:10_000],
            dialect=text(sql.get("dialect")),
            language=text(current.get("sourceCode", {}).get("language")),
            dbtId=text(current.get("dbt_node", {}).get("unique_id")),
        )
        keep(graph, job, current)
        add_tags(graph, job, current.get("tags"))
        add_code_of_job(graph, job, current.get("sourceCodeLocation"))
