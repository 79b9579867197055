"""The story told: what happens on each day, in order, and sending it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import DatasetEvent, RunEvent, RunState, StaticDataset
from openlineage.client.facet_v2 import (
    RunFacet,
    documentation_dataset,
    error_message_run,
    lineage,
    nominal_time_run,
    ownership_dataset,
    processing_engine_run,
)
from openlineage.client.facet_v2 import data_quality_assertions_dataset as checks
from openlineage.client.transport.http import HttpConfig, HttpTransport

from headwater_integrations.story.names import (
    BATCH,
    BUILD,
    BUILD_TASK,
    DAG,
    DAYS,
    DEPLOY,
    ENDPOINT,
    FEATURE_VIEW,
    FEATURES,
    FEATURES_SNAPSHOT,
    LOAD_CUSTOMERS,
    LOAD_ORDERS,
    MATERIALIZE,
    MODEL,
    MODEL_OF_DAY,
    ORDERS_SNAPSHOT,
    PREDICTIONS,
    RAW_CUSTOMERS,
    RAW_ORDERS,
    REJECTED,
    SCORE,
    STAGED_CUSTOMERS,
    STAGED_ORDERS,
)
from headwater_integrations.story.parts import (
    PRODUCER,
    Source,
    Telling,
    column_lineage,
    facets_of,
    job_type,
    parent,
    read,
    write,
)
from headwater_integrations.story.training import training

StoryEvent = RunEvent | DatasetEvent

START: Final = datetime(2026, 9, 1, 2, 0, tzinfo=UTC)
"""When the story begins, unless told otherwise."""


def client_for(url: str, api_key: str | None = None) -> OpenLineageClient:
    """Return an openlineage-python client that sends to this backend over HTTP, whatever else is configured."""
    config = {"url": url, "compression": "gzip", "timeout": 30.0}
    if api_key is not None:
        config["auth"] = {"type": "api_key", "apiKey": api_key}
    return OpenLineageClient(transport=HttpTransport(HttpConfig.from_dict(config)))


def play(
    client: OpenLineageClient, start: datetime = START, told: Callable[[StoryEvent], None] = lambda _: None
) -> int:
    """Send the whole story through the client and return the number of events; `told` is called after each of them."""
    story = events(start)
    for event in story:
        client.emit(event)
        told(event)
    return len(story)


def events(start: datetime = START) -> list[StoryEvent]:
    """Return the events of the story in the order in which they happen, new objects in every call."""
    told: list[StoryEvent] = list(_declarations(start))
    for day in DAYS:
        begin = start + timedelta(days=day - 1)
        for telling in (*_night(day, begin), *_morning(day, begin)):
            told.extend(telling.events())
    return sorted(told, key=lambda event: event.eventTime)


def _declarations(start: datetime) -> Iterator[DatasetEvent]:
    """Feast applies its definitions: a dataset that is said before any run touches it."""
    facets = facets_of(FEATURE_VIEW)
    facets["documentation"] = documentation_dataset.DocumentationDatasetFacet("What a customer bought in 90 days")
    facets["ownership"] = ownership_dataset.OwnershipDatasetFacet([ownership_dataset.Owner("team:growth", "OWNER")])
    time = (start - timedelta(hours=8)).isoformat()
    yield DatasetEvent(eventTime=time, producer=PRODUCER, dataset=StaticDataset(*FEATURE_VIEW, facets=facets))


def _night(day: int, begin: datetime) -> Iterator[Telling]:
    """Airflow loads the raw sources, Spark builds the features, Feast serves them."""

    def at(minutes: int) -> datetime:
        return begin + timedelta(minutes=minutes)

    nominal = nominal_time_run.NominalTimeRunFacet(at(0).isoformat(), at(24 * 60).isoformat())
    airflow = {"processing_engine": processing_engine_run.ProcessingEngineRunFacet("3.1.0", "Airflow", "2.7.1")}
    task = job_type("BATCH", "AIRFLOW", "TASK")
    in_dag = {**airflow, "parent": parent(DAG, day, DAG)}
    yield Telling(
        DAG,
        day,
        at(0),
        at(90),
        job_facets=job_type("BATCH", "AIRFLOW", "DAG"),
        run_facets={**airflow, "nominalTime": nominal},
    )
    # The orders are an Iceberg table: its reader knows the snapshot. Nobody knows a version of the customers.
    orders = read(RAW_ORDERS, ORDERS_SNAPSHOT[day], dataQualityAssertions=_checked(ok=day != 2))
    yield Telling(LOAD_ORDERS, day, at(1), at(5), [orders], [write(STAGED_ORDERS)], task, in_dag)
    yield Telling(LOAD_CUSTOMERS, day, at(1), at(3), [read(RAW_CUSTOMERS)], [write(STAGED_CUSTOMERS)], task, in_dag)
    yield Telling(BUILD_TASK, day, at(10), at(60), job_facets=task, run_facets=in_dag)
    if day == 2:
        yield _failed_build(day, at(12), at(25))
    yield _build(day, at(30), at(55))
    yield Telling(
        MATERIALIZE,
        day,
        at(95),
        at(100),
        [read(FEATURES)],
        [write(FEATURE_VIEW)],
        job_type("BATCH", "FEAST", "MATERIALIZATION"),
    )


def _checked(*, ok: bool) -> checks.DataQualityAssertionsDatasetFacet:
    actual = "0" if ok else "1312"
    return checks.DataQualityAssertionsDatasetFacet(
        assertions=[
            checks.Assertion("not_null", True, column="order_id", severity="error"),
            checks.Assertion("no_negative_amount", ok, "amount", severity="warn", expected="0", actual=actual),
        ]
    )


def _spark(day: int) -> dict[str, RunFacet]:
    engine = processing_engine_run.ProcessingEngineRunFacet("4.0.1", "spark", "1.54.0")
    return {"processing_engine": engine, "parent": parent(BUILD_TASK, day, DAG)}


def _build(day: int, start: datetime, end: datetime) -> Telling:
    """Both sources feed the features, only the orders feed the rejected ones; the columns say so: the run is split."""
    direct: list[Source] = [(STAGED_ORDERS, "customer_id", "DIRECT", "IDENTITY")]
    joined: list[Source] = [
        (STAGED_ORDERS, "customer_id", "INDIRECT", "JOIN"),
        (STAGED_CUSTOMERS, "customer_id", "INDIRECT", "JOIN"),
        (STAGED_ORDERS, "ordered_at", "INDIRECT", "FILTER"),
    ]
    features = column_lineage(
        {
            "customer_id": direct,
            "orders_90d": [(STAGED_ORDERS, "order_id", "DIRECT", "AGGREGATION")],
            "spend_90d": [(STAGED_ORDERS, "amount", "DIRECT", "AGGREGATION")],
            "country": [(STAGED_CUSTOMERS, "country", "DIRECT", "IDENTITY")],
            "email_hash": [(STAGED_CUSTOMERS, "email", "DIRECT", "TRANSFORMATION")],
        },
        joined,
        masked=frozenset({"email_hash"}),
    )
    rejected = column_lineage(
        {"order_id": [(STAGED_ORDERS, "order_id", "DIRECT", "IDENTITY")]},
        [(STAGED_ORDERS, "amount", "INDIRECT", "FILTER")],
    )
    return Telling(
        BUILD,
        day,
        start,
        end,
        [read(STAGED_ORDERS), read(STAGED_CUSTOMERS)],
        [write(FEATURES, FEATURES_SNAPSHOT[day], columnLineage=features), write(REJECTED, columnLineage=rejected)],
        job_type("BATCH", "SPARK", "JOB"),
        _spark(day),
    )


def _failed_build(day: int, start: datetime, end: datetime) -> Telling:
    error = error_message_run.ErrorMessageRunFacet("Job aborted: executor 7 lost, java heap space", "JAVA")
    return Telling(
        BUILD,
        f"{day} failed",
        start,
        end,
        [read(STAGED_ORDERS), read(STAGED_CUSTOMERS)],
        [write(FEATURES), write(REJECTED)],
        job_type("BATCH", "SPARK", "JOB"),
        _spark(day),
        {"errorMessage": error},
        RunState.FAIL,
    )


def _morning(day: int, begin: datetime) -> Iterator[Telling]:
    """A new model on the first two days; predictions on all three."""

    def at(hours: float) -> datetime:
        return begin + timedelta(hours=hours)

    version = MODEL_OF_DAY[day]
    if day < 3:
        yield training(day, at(2), at(2.75))
        yield Telling(
            DEPLOY,
            day,
            at(3),
            at(3.05),
            [read(MODEL, version, role="model")],
            [write(ENDPOINT, f"revision-{version}")],
            job_type("SERVICE", "KUBERNETES", "DEPLOYMENT"),
        )
    sources = [
        lineage.LineageDatasetInput(*MODEL, type="DATASET"),
        lineage.LineageDatasetInput(*FEATURE_VIEW, "DATASET"),
    ]
    yield Telling(
        SCORE,
        day,
        at(5),
        at(5.25),
        [read(MODEL, version, role="model"), read(FEATURE_VIEW, role="features")],
        [write(PREDICTIONS, BATCH[day], lineage=lineage.LineageDatasetFacet(inputs=[*sources]))],
        job_type("BATCH", "PYTHON", "SCORING"),
    )
