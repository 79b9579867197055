"""The two trainings of the story, with all that is to be known of them."""

from datetime import datetime
from hashlib import sha256
from typing import Final

from openlineage.client.facet_v2 import (
    JobFacet,
    RunFacet,
    execution_parameters_run,
    processing_engine_run,
    source_code_location_job,
)

from headwater_integrations import facets
from headwater_integrations.story.names import FEATURE_VIEW, FEATURES, FEATURES_SNAPSHOT, MODEL, MODEL_OF_DAY, TRAIN
from headwater_integrations.story.parts import Telling, job_type, read, write

_REPOSITORY: Final = "https://git.example.org/shop/churn"
_COMMIT: Final = {1: "2f6b1c0de94a17b85c3b7f7a1d0e5a9c4f38d612", 2: "9c41e7aa03d25f18b6e0c7d4925ab38f1e6d70b4"}
_DEPTH: Final = {1: 4, 2: 6}
_AUC: Final = {1: 0.871, 2: 0.902}


def training(day: int, start: datetime, end: datetime) -> Telling:
    """Return the training of that day; the first one ran with changes that were not committed."""
    version = MODEL_OF_DAY[day]
    model = facets.ModelDatasetFacet(
        framework="scikit-learn",
        frameworkVersion="1.7.2",
        architecture="HistGradientBoostingClassifier",
        digest="sha256:" + sha256(f"churn {version}".encode()).hexdigest(),
    )
    return Telling(
        TRAIN,
        day,
        start,
        end,
        # Feast names no version of what it hands out; the test set is pinned to an Iceberg snapshot.
        [read(FEATURE_VIEW, role="train"), read(FEATURES, FEATURES_SNAPSHOT[day], role="test")],
        [write(MODEL, version, **{facets.MODEL: model})],
        _job_facets(day),
        _run_facets(day),
        {facets.METRICS: _metrics(day)},
    )


def _job_facets(day: int) -> dict[str, JobFacet]:
    location = source_code_location_job.SourceCodeLocationJobFacet(
        type="git", url=_REPOSITORY, repoUrl=_REPOSITORY, path="churn/train.py", version=_COMMIT[day], branch="main"
    )
    return {**job_type("BATCH", "PYTHON", "TRAINING"), "sourceCodeLocation": location}


def _run_facets(day: int) -> dict[str, RunFacet]:
    parameters = {"max_depth": str(_DEPTH[day]), "learning_rate": "0.1", "max_iter": "200"}
    packages = {"numpy": "2.4.5", "pandas": "3.0.1", "scikit-learn": "1.7.2"}
    dirty = day == 1
    return {
        "processing_engine": processing_engine_run.ProcessingEngineRunFacet("1.7.2", "scikit-learn"),
        "executionParameters": execution_parameters_run.ExecutionParametersRunFacet(
            [execution_parameters_run.ExecutionParameter(key, value=value) for key, value in parameters.items()]
        ),
        facets.SEEDS: facets.SeedsRunFacet({"numpy": 42, "python": 42}, deterministic=True),
        facets.CODE_STATE: facets.CodeStateRunFacet(dirty, sha256(b"diff").hexdigest() if dirty else None, 0),
        facets.ENVIRONMENT: facets.EnvironmentRunFacet(
            python="3.13.7",
            os="Linux-6.12.0-x86_64",
            packages=[facets.Package(name, version) for name, version in packages.items()],
            lockSha256=sha256(b"lock").hexdigest(),
            hardware={"machine": "x86_64", "cpus": "16"},
        ),
    }


def _metrics(day: int) -> facets.MetricsRunFacet:
    return facets.MetricsRunFacet(
        [
            facets.Metric("auc", _AUC[day], "test"),
            facets.Metric("log_loss", 0.412, "train", 100),
            facets.Metric("log_loss", 0.377, "train", 200),
        ]
    )
