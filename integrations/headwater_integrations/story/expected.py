"""What any correct backend must answer about the story, run by run."""

from typing import Final, Literal, NamedTuple

from headwater_integrations.story.names import (
    BATCH,
    BUILD,
    ENDPOINT,
    FEATURE_VIEW,
    FEATURES,
    FEATURES_SNAPSHOT,
    LOAD_CUSTOMERS,
    LOAD_ORDERS,
    MATERIALIZE,
    MODEL,
    ORDERS_SNAPSHOT,
    PREDICTIONS,
    RAW_CUSTOMERS,
    RAW_ORDERS,
    REJECTED,
    SCORE,
    STAGED_CUSTOMERS,
    STAGED_ORDERS,
    TRAIN,
    Name,
    run_id,
)


class Thing(NamedTuple):
    """A run, or a version of a dataset.

    `which` is the run's id, or the version; for a version that nobody named (``written``) the id of the run that wrote
    it, and for one that was read before any known write (``unknown``) the id of the run that read it.
    """

    kind: Literal["run", "version", "written", "unknown"]
    namespace: str
    name: str
    which: str


def _run(job: Name, label: int | str) -> Thing:
    return Thing("run", *job, run_id(job, label))


def _version(dataset: Name, version: str) -> Thing:
    return Thing("version", *dataset, version)


def _written(dataset: Name, job: Name, label: int | str) -> Thing:
    return Thing("written", *dataset, run_id(job, label))


PREDICTIONS_ASKED: Final = _version(PREDICTIONS, BATCH[3])
"""The prediction batch whose upstream the demo asks for: fresh features, but the model of the day before."""

BAD_TABLE: Final = _version(RAW_ORDERS, ORDERS_SNAPSHOT[2])
"""The raw orders that failed their check."""


def upstream() -> frozenset[Thing]:
    """Return all runs and versions that `PREDICTIONS_ASKED` comes from, itself not among them."""
    model = {_run(SCORE, 3), _version(MODEL, "2"), _run(TRAIN, 2)}
    return frozenset(model.union(*(_features_of(day) for day in (2, 3))))


def _features_of(day: int) -> set[Thing]:
    """Return what stands behind the feature view of that day, the view included."""
    return {
        _written(FEATURE_VIEW, MATERIALIZE, day),
        _run(MATERIALIZE, day),
        _version(FEATURES, FEATURES_SNAPSHOT[day]),
        _run(BUILD, day),
        _written(STAGED_ORDERS, LOAD_ORDERS, day),
        _written(STAGED_CUSTOMERS, LOAD_CUSTOMERS, day),
        _run(LOAD_ORDERS, day),
        _run(LOAD_CUSTOMERS, day),
        _version(RAW_ORDERS, ORDERS_SNAPSHOT[day]),
        Thing("unknown", *RAW_CUSTOMERS, run_id(LOAD_CUSTOMERS, day)),
    }


def downstream() -> frozenset[Thing]:
    """Return all versions of datasets that `BAD_TABLE` reaches, the ones of the failed run included."""
    return reached() | {
        _written(STAGED_ORDERS, LOAD_ORDERS, 2),
        _written(FEATURES, BUILD, "2 failed"),
        _written(REJECTED, BUILD, "2 failed"),
        _version(FEATURES, FEATURES_SNAPSHOT[2]),
        _written(REJECTED, BUILD, 2),
        _written(FEATURE_VIEW, MATERIALIZE, 2),
        _version(ENDPOINT, "revision-2"),
    }


def reached() -> frozenset[Thing]:
    """Return the models and predictions that `BAD_TABLE` reaches: not the first model nor the first batch."""
    return frozenset({_version(MODEL, "2"), _version(PREDICTIONS, BATCH[2]), _version(PREDICTIONS, BATCH[3])})
