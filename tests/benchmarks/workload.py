"""What is sent: layered pipelines, where every job reads three datasets of the layer above and writes two.

With 1,000 jobs in layers of 50 that is 100 source datasets and 2,000 outputs. A full event has about 13 kB: 3 inputs,
2 outputs, 12 fields each, 20 column edges; the facets are schema, dataSource and columnLineage. START and COMPLETE both
carry all of it, as Spark's do.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson

FIELDS: Final = 12
COLUMN_EDGES: Final = 10
"""Per output."""
PRODUCER: Final = "https://github.com/OpenLineage/OpenLineage/tree/1.54.0/integration/spark"
_SPEC: Final = "https://openlineage.io/spec"
_BEGIN: Final = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A job with the names of what it reads and writes."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


def pipelines(jobs: int, width: int, parents: int = 3, seed: int = 7) -> list[Pipeline]:
    """Return the jobs, layer by layer; the outputs of a layer are what the next one draws its inputs from."""
    draw = random.Random(seed)
    above = [f"lake.raw.source_{i:05}" for i in range(2 * width)]
    made: list[Pipeline] = []
    for layer in range(-(-jobs // width)):
        names = [f"lake.l{layer:03}.table_{i:05}" for i in range(min(width, jobs - len(made)))]
        outputs = [(f"{name}_facts", f"{name}_daily") for name in names]
        for index, (name, written) in enumerate(zip(names, outputs, strict=True)):
            # The first layer takes the sources in turn, so that each of them is read.
            wanted = (
                draw.sample(above, parents)
                if layer
                else [above[(parents * index + i) % len(above)] for i in range(parents)]
            )
            made.append(Pipeline(f"build_{name}", tuple(wanted), written))
        above = [name for written in outputs for name in written]
    return made


def round_of(jobs: list[Pipeline], generation: str, number: int) -> Iterator[bytes]:
    """Yield START and COMPLETE of one new run of every job; runs of later rounds are later."""
    for index, job in enumerate(jobs):
        start = _BEGIN + timedelta(hours=number, seconds=2 * index)
        run = str(UUID(int=random.Random(f"{generation}/{number}/{index}").getrandbits(128), version=4))
        for state, time in (("START", start), ("COMPLETE", start + timedelta(seconds=1))):
            yield orjson.dumps(run_event(job, generation, run, state, time))


def run_event(job: Pipeline, generation: str, run: str, state: str, time: datetime) -> dict[str, Any]:
    """Return a full event of the run. The generation is part of all namespaces: a new one was never seen before."""
    warehouse = warehouse_of(generation)
    return {
        "eventType": state,
        "eventTime": time.isoformat(),
        "producer": PRODUCER,
        "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run, "facets": {}},
        "job": {"namespace": f"spark-{generation}", "name": job.name, "facets": {}},
        "inputs": [{"namespace": warehouse, "name": n, "facets": _facets(warehouse, n)} for n in job.inputs],
        "outputs": [
            {
                "namespace": warehouse,
                "name": n,
                "facets": _facets(warehouse, n) | {"columnLineage": _column_lineage(warehouse, job)},
            }
            for n in job.outputs
        ],
    }


def declarations(jobs: list[Pipeline], generation: str) -> Iterator[bytes]:
    """Yield one small JobEvent of every job: the wiring without schemas, columns and runs."""
    warehouse = warehouse_of(generation)
    for index, job in enumerate(jobs):
        event = {
            "eventTime": (_BEGIN + timedelta(seconds=index)).isoformat(),
            "producer": PRODUCER,
            "schemaURL": f"{_SPEC}/2-0-2/OpenLineage.json#/$defs/JobEvent",
            "job": {"namespace": f"spark-{generation}", "name": job.name},
            "inputs": [{"namespace": warehouse, "name": name} for name in job.inputs],
            "outputs": [{"namespace": warehouse, "name": name} for name in job.outputs],
        }
        yield orjson.dumps(event)


def warehouse_of(generation: str) -> str:
    """Return the namespace of a generation's datasets."""
    return f"postgres://warehouse-{generation}.internal:5432"


def _base(facet: str, version: str) -> dict[str, Any]:
    return {"_producer": PRODUCER, "_schemaURL": f"{_SPEC}/facets/{version}/{facet}.json#/$defs/{facet}"}


def _facets(warehouse: str, name: str) -> dict[str, Any]:
    fields = [{"name": _field(i), "type": "decimal(18,4)" if i else "bigint"} for i in range(FIELDS)]
    return {
        "schema": _base("SchemaDatasetFacet", "1-2-0") | {"fields": fields},
        "dataSource": _base("DatasourceDatasetFacet", "1-0-1") | {"name": warehouse, "uri": f"{warehouse}/lake"},
    }


def _column_lineage(warehouse: str, job: Pipeline) -> dict[str, Any]:
    def source(i: int) -> dict[str, Any]:
        change = {"type": "DIRECT", "subtype": "TRANSFORMATION", "description": "", "masking": False}
        name = job.inputs[i % len(job.inputs)]
        return {"namespace": warehouse, "name": name, "field": _field(i), "transformations": [change]}

    fields = {_field(i): {"inputFields": [source(i)]} for i in range(COLUMN_EDGES)}
    return _base("ColumnLineageDatasetFacet", "1-2-0") | {"fields": fields}


def _field(i: int) -> str:
    return f"customer_measure_eur_{i:02}"
