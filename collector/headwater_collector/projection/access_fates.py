"""What becomes of the facets of one run's input or output; see `access_facets` for what is taken out of each."""

from typing import Final

from headwater_collector.projection import field_kinds as kinds
from headwater_collector.projection.access_facets import (
    EXPECTATIONS,
    MAX_SUBSET,
    OF_DATASET,
    assertions,
    change,
    expectations,
    input_role,
    measures,
    names_no_source,
    snapshot,
    statistics,
    subset,
    version,
    well_formed,
)
from headwater_collector.projection.columns import shape_of
from headwater_collector.projection.fates import Fate, same
from headwater_collector.projection.lineage_facet import SOURCES, says_more, sources

VERSION: Final = {"datasetVersion": "DatasetVersion.version"}
COLUMNS: Final = dict.fromkeys(("fields", "dataset"), "(:Column)-[:DERIVES]->(:Column)")
ASSERTIONS: Final = {
    "assertions[].assertion": "Assertion.name",
    "assertions[].column": "(:Assertion)-[:ABOUT]->(:Column)",
    **same("Assertion", "success severity expected actual", "assertions[]."),
}
_EXPECTATIONS: Final = {
    "assertions[].expectationType": "Assertion.name",
    "assertions[].column": "(:Assertion)-[:ABOUT]->(:Column)",
    "assertions[].success": "Assertion.success",
}
_METRICS: Final = dict.fromkeys((*OF_DATASET, "columnMetrics"), "Metric.value")
_CHANGE: Final = {"lifecycleStateChange": "WROTE.change", "previousIdentifier": "(:Dataset)-[:FEEDS]->(:Step)"}
_SNAPSHOT: Final = {"snapshotId": "DatasetVersion.version"}
_FACETS: Final = ("facets",)
_BOTH: Final = ("facets", "inputFacets")

INPUT: Final = (
    Fate(
        "input",
        "version",
        "DatasetVersionDatasetFacet",
        VERSION,
        kinds.VERSION,
        version,
        places=_FACETS,
        register=False,
    ),
    Fate(
        "input",
        "columnLineage",
        "ColumnLineageDatasetFacet",
        extract=well_formed(shape_of),
        kept="always",
        places=_FACETS,
    ),
    Fate("input", "lineage", "LineageFacet", extract=well_formed(sources), kept="always", places=_FACETS),
    Fate(
        "input",
        "headwater_inputRole",
        "HeadwaterInputRoleInputDatasetFacet",
        {"role": "READ_BY.role"},
        extract=input_role,
    ),
    Fate(
        "input",
        "dataQualityAssertions",
        "DataQualityAssertionsDatasetFacet",
        ASSERTIONS,
        kinds.ASSERTIONS,
        assertions,
        places=_BOTH,
        also_of_dataset=True,
    ),
    Fate(
        "input",
        EXPECTATIONS,
        "Great Expectations",
        _EXPECTATIONS,
        kinds.EXPECTATIONS,
        expectations,
        places=("inputFacets",),
    ),
    Fate(
        "input",
        "dataQualityMetrics",
        "DataQualityMetricsInputDatasetFacet",
        _METRICS,
        kinds.METRICS,
        measures,
        places=_BOTH,
        only_of_runs=True,
    ),
    Fate(
        "input",
        "inputStatistics",
        "InputStatisticsInputDatasetFacet",
        same("READ_BY", "rowCount size fileCount"),
        kinds.STATISTICS,
        statistics,
    ),
    Fate(
        "input",
        "subset",
        "BaseSubsetDatasetFacet",
        {"inputCondition": "READ_BY.subset"},
        kinds.INPUT_CONDITION,
        subset("inputCondition"),
        limits={"inputCondition": MAX_SUBSET},
    ),
    Fate(
        "input",
        "icebergScanReport",
        "IcebergScanReportInputDatasetFacet",
        _SNAPSHOT,
        kinds.SNAPSHOT,
        snapshot,
        "always",
        register=False,
    ),
)

OUTPUT: Final = (
    Fate(
        "output",
        "version",
        "DatasetVersionDatasetFacet",
        VERSION,
        kinds.VERSION,
        version,
        places=_FACETS,
        register=False,
    ),
    Fate(
        "output", "columnLineage", "ColumnLineageDatasetFacet", COLUMNS, kinds.COLUMNS, places=_FACETS, register=False
    ),
    Fate("output", "lineage", "LineageFacet", SOURCES, kinds.SOURCES, places=_FACETS, register=False, more=says_more),
    Fate(
        "output",
        "dataQualityAssertions",
        "DataQualityAssertionsDatasetFacet",
        ASSERTIONS,
        kinds.ASSERTIONS,
        assertions,
        places=_FACETS,
        also_of_dataset=True,
    ),
    Fate(
        "output",
        "dataQualityMetrics",
        "DataQualityMetricsDatasetFacet",
        _METRICS,
        kinds.METRICS,
        measures,
        places=_FACETS,
        only_of_runs=True,
    ),
    Fate(
        "output",
        "lifecycleStateChange",
        "LifecycleStateChangeDatasetFacet",
        _CHANGE,
        kinds.PREVIOUS,
        change,
        places=_FACETS,
        more=names_no_source,
    ),
    Fate(
        "output",
        "outputStatistics",
        "OutputStatisticsOutputDatasetFacet",
        same("WROTE", "rowCount size fileCount"),
        kinds.STATISTICS,
        statistics,
    ),
    Fate(
        "output",
        "subset",
        "BaseSubsetDatasetFacet",
        {"outputCondition": "WROTE.subset"},
        kinds.OUTPUT_CONDITION,
        subset("outputCondition"),
        limits={"outputCondition": MAX_SUBSET},
    ),
    Fate(
        "output",
        "icebergCommitReport",
        "IcebergCommitReportOutputDatasetFacet",
        _SNAPSHOT,
        kinds.SNAPSHOT,
        snapshot,
        "always",
        register=False,
    ),
    Fate(
        "output",
        "headwater_model",
        "HeadwaterModelDatasetFacet",
        kept="always",
        places=("facets", "outputFacets"),
    ),
)
FATES: Final = (*INPUT, *OUTPUT)
