"""Headwater's own facets for the openlineage-python client: what OpenLineage's standard facets cannot say about ML.

Parameters, code location, engine, dataset type, version, schema and lineage have standard facets; use those for them.
These six say the rest. They follow OpenLineage's rules for custom facets: the key is ``headwater_<name>``, the schema
is called ``Headwater<Name><Entity>Facet``, and each names its own immutable schema.

The schema is named by a ``tag:`` URI (RFC 4151), not by a URL: the project has no public address yet, and a URL that
nobody can open, or that somebody else can take, would be worse than a name. `schema_of` in `headwater_graph.facets`
finds the schema by that name; Headwater recognises a facet by its key. A later address is a new version beside this.
"""

from typing import Final

import attr
from openlineage.client.generated.base import DatasetFacet, InputDatasetFacet, RunFacet
from openlineage.client.utils import RedactMixin

SEEDS: Final = "headwater_seeds"
ENVIRONMENT: Final = "headwater_environment"
CODE_STATE: Final = "headwater_codeState"
METRICS: Final = "headwater_metrics"
MODEL: Final = "headwater_model"
INPUT_ROLE: Final = "headwater_inputRole"


def _schema(name: str, version: str = "1-0-0") -> str:
    return f"tag:headwater,2026:spec/facets/{version}/{name}.json#/$defs/{name}"


@attr.define
class SeedsRunFacet(RunFacet):
    """Random seeds that a run was started with, under ``headwater_seeds``."""

    seeds: dict[str, int | str]
    """Seed by the generator it was given to: ``python``, ``numpy``, ``torch`` ...; text where it is no integer."""
    deterministic: bool | None = attr.field(default=None)
    """True if the run was told to use deterministic algorithms only."""

    @staticmethod
    def _get_schema() -> str:
        return _schema("HeadwaterSeedsRunFacet")


@attr.define
class Package(RedactMixin):
    """An installed package."""

    name: str
    version: str


@attr.define
class EnvironmentRunFacet(RunFacet):
    """The software and hardware that a run had, under ``headwater_environment``."""

    python: str | None = attr.field(default=None)
    """Version of Python."""
    os: str | None = attr.field(default=None)
    """Operating system with release and architecture."""
    packages: list[Package] | None = attr.field(default=None)
    """Installed packages, sorted by name."""
    lockSha256: str | None = attr.field(default=None)  # noqa: N815
    """SHA-256 of the lock file, in hex."""
    image: str | None = attr.field(default=None)
    """Container image with its digest."""
    hardware: dict[str, str] | None = attr.field(default=None)
    """What the machine had: ``cpu``, ``gpu``, ``driver``, ``memory`` ..."""

    @staticmethod
    def _get_schema() -> str:
        return _schema("HeadwaterEnvironmentRunFacet")


@attr.define
class CodeStateRunFacet(RunFacet):
    """How the code that ran differs from its commit, under ``headwater_codeState``.

    The commit itself is in the standard job facet ``sourceCodeLocation``.
    """

    dirty: bool
    """True if tracked files had changes that are not in the commit."""
    diffSha256: str | None = attr.field(default=None)  # noqa: N815
    """SHA-256 of those changes, in hex; never their text."""
    untrackedFiles: int | None = attr.field(default=None)  # noqa: N815
    """Files that are neither tracked nor ignored."""

    @staticmethod
    def _get_schema() -> str:
        return _schema("HeadwaterCodeStateRunFacet")


@attr.define
class Metric(RedactMixin):
    """One measured value."""

    name: str
    value: float
    split: str | None = attr.field(default=None)
    """The part of the data that it was measured on: ``train``, ``validation``, ``test`` ..."""
    step: int | None = attr.field(default=None)
    """The training step; absent for a final value."""


@attr.define
class MetricsRunFacet(RunFacet):
    """What a run measured, under ``headwater_metrics``."""

    metrics: list[Metric]

    @staticmethod
    def _get_schema() -> str:
        return _schema("HeadwaterMetricsRunFacet")


@attr.define
class BaseModel(RedactMixin):
    """The model version that a model was fine-tuned or distilled from."""

    namespace: str
    name: str
    version: str | None = attr.field(default=None)


@attr.define
class ModelDatasetFacet(DatasetFacet):
    """What a model is, under ``headwater_model``; its dataset has datasetType ``MODEL``."""

    framework: str | None = attr.field(default=None)
    """Library that trained it: ``scikit-learn``, ``xgboost``, ``torch`` ..."""
    frameworkVersion: str | None = attr.field(default=None)  # noqa: N815
    architecture: str | None = attr.field(default=None)
    """Class or family of the model: ``GradientBoostingClassifier``, ``resnet50`` ..."""
    digest: str | None = attr.field(default=None)
    """Digest of the artifact as ``algorithm:hex``."""
    baseModel: BaseModel | None = attr.field(default=None)  # noqa: N815
    signature: str | None = attr.field(default=None)
    """Inputs and outputs that it was declared with, as text."""

    @staticmethod
    def _get_schema() -> str:
        return _schema("HeadwaterModelDatasetFacet")


@attr.define
class InputRoleInputDatasetFacet(InputDatasetFacet):
    """What a run used an input for, under ``headwater_inputRole``."""

    role: str
    """``train``, ``validation``, ``test``, ``features``, ``model``, ``reference``, or a word of your own."""
    description: str | None = attr.field(default=None)

    @staticmethod
    def _get_schema() -> str:
        return _schema("HeadwaterInputRoleInputDatasetFacet")
