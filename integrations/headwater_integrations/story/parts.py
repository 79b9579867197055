"""What the story's events are made of: datasets with their facets, and a run as its first and last event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import (
    DatasetFacet,
    InputDatasetFacet,
    JobFacet,
    RunFacet,
    column_lineage_dataset,
    dataset_type_dataset,
    dataset_version_dataset,
    datasource_dataset,
    job_type_job,
    parent_run,
    schema_dataset,
)

from headwater_integrations.facets import INPUT_ROLE, InputRoleInputDatasetFacet
from headwater_integrations.story.names import (
    ENDPOINT,
    FEATURE_VIEW,
    FEATURES,
    MODEL,
    PREDICTIONS,
    RAW_CUSTOMERS,
    RAW_ORDERS,
    REJECTED,
    STAGED_CUSTOMERS,
    STAGED_ORDERS,
    Name,
    run_id,
)

PRODUCER: Final = "tag:headwater,2026:story"

_ORDERS: Final = {"order_id": "bigint", "customer_id": "bigint", "amount": "double", "ordered_at": "timestamp"}
_CUSTOMERS: Final = {"customer_id": "bigint", "email": "string", "country": "string", "since": "date"}
_FEATURES: Final = {
    "customer_id": "bigint",
    "orders_90d": "bigint",
    "spend_90d": "double",
    "country": "string",
    "email_hash": "string",
}
SCHEMAS: Final[Mapping[Name, Mapping[str, str]]] = {
    RAW_ORDERS: _ORDERS,
    STAGED_ORDERS: _ORDERS,
    RAW_CUSTOMERS: _CUSTOMERS,
    STAGED_CUSTOMERS: _CUSTOMERS,
    FEATURES: _FEATURES,
    FEATURE_VIEW: _FEATURES,
    REJECTED: {"order_id": "bigint", "reason": "string"},
    PREDICTIONS: {"customer_id": "bigint", "churn_probability": "double"},
}
_TYPES: Final = {
    FEATURE_VIEW: ("FEATURE_VIEW", None),
    MODEL: ("MODEL", "REGISTERED"),
    ENDPOINT: ("SERVICE", "ENDPOINT"),
    PREDICTIONS: ("TABLE", "PREDICTIONS"),
}


def facets_of(name: Name, version: str | None = None) -> dict[str, DatasetFacet]:
    """Return the facets that every producer gives of this dataset."""
    facets: dict[str, DatasetFacet] = {
        "dataSource": datasource_dataset.DatasourceDatasetFacet(name=name.namespace, uri=name.namespace)
    }
    if fields := SCHEMAS.get(name):
        columns = [schema_dataset.SchemaDatasetFacetFields(column, kind) for column, kind in fields.items()]
        facets["schema"] = schema_dataset.SchemaDatasetFacet(fields=columns)
    if name in _TYPES:
        facets["datasetType"] = dataset_type_dataset.DatasetTypeDatasetFacet(*_TYPES[name])
    if version is not None:
        facets["version"] = dataset_version_dataset.DatasetVersionDatasetFacet(version)
    return facets


def read(name: Name, version: str | None = None, role: str | None = None, **checks: InputDatasetFacet) -> InputDataset:
    """Return an input; `version` and `role` only where its tool knows them."""
    facets: dict[str, InputDatasetFacet] = dict(checks)
    if role is not None:
        facets[INPUT_ROLE] = InputRoleInputDatasetFacet(role)
    return InputDataset(*name, facets=facets_of(name, version), inputFacets=facets)


def write(name: Name, version: str | None = None, **more: DatasetFacet) -> OutputDataset:
    """Return an output."""
    return OutputDataset(*name, facets={**facets_of(name, version), **more})


Source = tuple[Name, str, str, str]
"""Dataset, column, transformation type and subtype."""


def column_lineage(
    fields: Mapping[str, list[Source]], whole: list[Source], masked: frozenset[str] = frozenset()
) -> column_lineage_dataset.ColumnLineageDatasetFacet:
    """Return a columnLineage facet: the sources of each column, and those of the dataset as a whole."""

    def field_of(source: Source, masking: bool) -> column_lineage_dataset.InputField:
        name, column, kind, subtype = source
        change = column_lineage_dataset.Transformation(kind, subtype, masking=masking)
        return column_lineage_dataset.InputField(*name, field=column, transformations=[change])

    return column_lineage_dataset.ColumnLineageDatasetFacet(
        fields={
            column: column_lineage_dataset.Fields([field_of(source, column in masked) for source in sources])
            for column, sources in fields.items()
        },
        dataset=[field_of(source, False) for source in whole],
    )


def parent(job: Name, label: int, root: Name) -> parent_run.ParentRunFacet:
    """Return the parent facet that names that job's run of that day, under the run of the root job."""
    return parent_run.ParentRunFacet(
        run=parent_run.Run(run_id(job, label)),
        job=parent_run.Job(*job),
        root=parent_run.Root(run=parent_run.RootRun(run_id(root, label)), job=parent_run.RootJob(*root)),
    )


def job_type(processing: str, integration: str, kind: str) -> dict[str, JobFacet]:
    """Return the jobType facet under its key."""
    return {"jobType": job_type_job.JobTypeJobFacet(processing, integration, kind)}


@dataclass(frozen=True)
class Telling:
    """One run as it is told: a START event, and an event that ends it."""

    job: Name
    label: int | str
    start: datetime
    end: datetime
    inputs: list[InputDataset] = field(default_factory=list)
    outputs: list[OutputDataset] = field(default_factory=list)
    job_facets: Mapping[str, JobFacet] = field(default_factory=dict)
    run_facets: Mapping[str, RunFacet] = field(default_factory=dict)
    end_facets: Mapping[str, RunFacet] = field(default_factory=dict)
    """Run facets that are known only when it ends: metrics, an error."""
    state: RunState = RunState.COMPLETE

    def events(self) -> list[RunEvent]:
        """Return its two events. What a failed run was going to write is said at its START already, as Spark does."""
        announced = [] if self.state is RunState.COMPLETE else self.outputs
        written = self.outputs if self.state is RunState.COMPLETE else []
        return [
            self._event(self.start, RunState.START, announced, self.run_facets),
            self._event(self.end, self.state, written, {**self.run_facets, **self.end_facets}),
        ]

    def _event(
        self, time: datetime, state: RunState, outputs: list[OutputDataset], facets: Mapping[str, RunFacet]
    ) -> RunEvent:
        return RunEvent(
            eventTime=time.isoformat(),
            eventType=state,
            producer=PRODUCER,
            run=Run(run_id(self.job, self.label), facets=dict(facets)),
            job=Job(*self.job, facets=dict(self.job_facets)),
            inputs=self.inputs,
            outputs=outputs,
        )
