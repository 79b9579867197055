"""Facets of a dataset: what Headwater takes out of each, raising `Malformed` with what is wrong, and their fates."""

from typing import Final

from headwater_collector.projection import field_kinds as kinds
from headwater_collector.projection.access_facets import assertions, change, measures, version, well_formed
from headwater_collector.projection.access_fates import COLUMNS, VERSION
from headwater_collector.projection.fates import Fate, same
from headwater_collector.projection.lineage_facet import SOURCES, sources
from headwater_collector.projection.schema_facet import SCHEMA, misplaced, schema
from headwater_collector.projection.tags import COLUMN_TAG, column_tags
from headwater_collector.projection.values import (
    JSON,
    Facet,
    is_filled,
    optional_text,
    rows_of,
    text_of,
)


def dataset_type(facet: Facet) -> JSON:
    """Return ``[datasetType, subType]`` of the datasetType facet 1-0-1."""
    return [text_of(facet, "datasetType"), optional_text(facet, "subType")]


def documentation(facet: Facet) -> JSON:
    """Return the description of the documentation facet 1-1-0, of a dataset or of a job."""
    return text_of(facet, "description")


def ownership(facet: Facet) -> JSON:
    """Return the owners' names of the ownership facet 1-0-1, of a dataset or of a job."""
    return [o["name"] for o in rows_of(facet, "owners") if is_filled(o.get("name"))]


OF_SESSION: Final = "default_catalog."
"""How names begin that a session of Flink gave in its catalog in memory: to the next session they mean other tables."""


def symlinks(facet: Facet) -> JSON:
    """Return ``[[namespace, name, type]]`` of the symlinks facet 1-0-1, without names that only a session knows."""
    found = {
        (i["namespace"], i["name"]): optional_text(i, "type")
        for i in rows_of(facet, "identifiers")
        if is_filled(i.get("namespace")) and is_filled(i.get("name")) and not i["name"].startswith(OF_SESSION)
    }
    return [[namespace, name, found[namespace, name]] for namespace, name in sorted(found)]


def names_of_session(facet: Facet) -> bool:
    """Return whether a symlinks facet holds names that only a session knows, which become no aliases."""
    names = (i.get("name") for i in rows_of(facet, "identifiers"))
    return any(isinstance(name, str) and name.startswith(OF_SESSION) for name in names)


def data_source(facet: Facet) -> JSON:
    """Return ``[name, uri]`` of the dataSource facet 1-0-1."""
    return [optional_text(facet, "name"), optional_text(facet, "uri")]


def storage(facet: Facet) -> JSON:
    """Return ``[storageLayer, fileFormat]`` of the storage facet 1-0-1."""
    return [optional_text(facet, "storageLayer"), optional_text(facet, "fileFormat")]


def catalog(facet: Facet) -> JSON:
    """Return ``[name, type]`` of the catalog facet 1-1-0."""
    return [optional_text(facet, "name"), optional_text(facet, "type")]


def hierarchy(facet: Facet) -> JSON:
    """Return ``TYPE=name`` of the hierarchy facet 1-0-0, from the outermost level."""
    rows = rows_of(facet, "hierarchy")
    return [f"{r['type']}={r['name']}" for r in rows if is_filled(r.get("type")) and is_filled(r.get("name"))]


_SYMLINKS: Final = {
    "identifiers[].namespace": "(:Dataset)-[:ALIAS_OF]->(:Dataset)",
    "identifiers[].name": "(:Dataset)-[:ALIAS_OF]->(:Dataset)",
    "identifiers[].type": "ALIAS_OF.type",
}
_TYPE: Final = {"datasetType": "Dataset.type", "subType": "Dataset.subType"}
_CATALOG: Final = {"name": "Dataset.catalog", "type": "Dataset.catalogType"}
_SOURCE: Final = {"name": "Dataset.dataSource", "uri": "Dataset.uri"}
_STORAGE: Final = same("Dataset", "storageLayer fileFormat")
_OWNERS: Final = {"owners[].name": "Dataset.owners"}
_HIERARCHY: Final = {f"hierarchy[].{name}": "Dataset.hierarchy" for name in ("type", "name")}
_DESCRIPTION: Final = {"description": "Dataset.description"}

FATES: Final = (
    Fate("dataset", "schema", "SchemaDatasetFacet", SCHEMA, kinds.FIELDS, schema, more=misplaced),
    Fate("dataset", "datasetType", "DatasetTypeDatasetFacet", _TYPE, extract=dataset_type),
    Fate("dataset", "documentation", "DocumentationDatasetFacet", _DESCRIPTION, extract=documentation),
    Fate("dataset", "ownership", "OwnershipDatasetFacet", _OWNERS, kinds.OWNERS, ownership),
    Fate("dataset", "symlinks", "SymlinksDatasetFacet", _SYMLINKS, kinds.IDENTIFIERS, symlinks, more=names_of_session),
    Fate("dataset", "dataSource", "DatasourceDatasetFacet", _SOURCE, extract=data_source),
    Fate("dataset", "storage", "StorageDatasetFacet", _STORAGE, extract=storage),
    Fate("dataset", "catalog", "CatalogDatasetFacet", _CATALOG, extract=catalog),
    Fate("dataset", "hierarchy", "HierarchyDatasetFacet", _HIERARCHY, kinds.LEVELS, hierarchy),
    Fate("dataset", "tags", "TagsDatasetFacet", COLUMN_TAG, kinds.TAGS, column_tags),
    Fate("dataset", "version", "DatasetVersionDatasetFacet", VERSION, kinds.VERSION, version, register=False),
    Fate("dataset", "columnLineage", "ColumnLineageDatasetFacet", COLUMNS, kinds.COLUMNS, register=False),
    Fate("dataset", "lineage", "LineageFacet", SOURCES, kinds.SOURCES, sources, "always"),
    Fate(
        "dataset",
        "dataQualityAssertions",
        "DataQualityAssertionsDatasetFacet",
        extract=well_formed(assertions),
        kept="always",
    ),
    Fate(
        "dataset", "dataQualityMetrics", "DataQualityMetricsDatasetFacet", extract=well_formed(measures), kept="always"
    ),
    Fate(
        "dataset",
        "lifecycleStateChange",
        "LifecycleStateChangeDatasetFacet",
        extract=well_formed(change),
        kept="always",
    ),
    Fate("dataset", "feast_featureView", "Feast", {"*": ":FeatureView"}, kinds.ANYTHING, kept="always"),
    Fate("dataset", "feast_featureService", "Feast", {"*": ":FeatureService"}, kinds.ANYTHING, kept="always"),
)
"""On an input or output of a run, some of them are of that access instead: see `access_fates`."""
