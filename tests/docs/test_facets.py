"""The table of facets: it is written down as it is, speaks of what the graph has, and misses no facet."""

import json
import os
import pkgutil
from pathlib import Path

import pytest
from headwater_collector.projection.fate_table import FATES
from headwater_graph.vocabulary import LABELS, RELATIONSHIPS
from openlineage.client import generated

from tests.docs.facets import CORE, MAPPING, PAGE, mapping, page

COMMAND = "python -m tests.docs"
NAMES = {fate.facet for fate in FATES}
REGISTRY = {
    "GcpComposerJobFacet",
    "GcpComposerRunFacet",
    "GcpDataprocRunFacet",
    "GcpLineageJobFacet",
    "IcebergCommitReportOutputDatasetFacet",
    "IcebergScanReportInputDatasetFacet",
}


def specification() -> Path | None:
    """Return the folder of the specification, if it is here: HEADWATER_SPEC, or ``shared`` beside the checkout."""
    named = os.environ.get("HEADWATER_SPEC")
    path = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "openlineage-spec"
    return path if (path / "facets").is_dir() else None


def entities() -> set[str]:
    owners = (*LABELS, *RELATIONSHIPS)
    properties = {f"{owner.name}.{p.name}" for owner in owners for p in owner.properties}
    patterns = {f"(:{a})-[:{r.name}]->(:{b})" for r in RELATIONSHIPS for a, b in r.pairs}
    extra = {f":{label}" for owner in LABELS for label in owner.extra_labels}
    return properties | patterns | extra


@pytest.mark.parametrize(
    ("path", "written"), [(PAGE, page), (MAPPING, mapping)], ids=lambda it: getattr(it, "name", "")
)
def test_what_is_written_is_what_the_table_says(path: Path, written: object) -> None:
    assert callable(written)
    assert path.read_text(encoding="utf-8") == written(), f"{path.name} is not what the code says: run `{COMMAND}`"


def test_facets_become_what_the_graph_has() -> None:
    said = {entity for fate in FATES for entity in fate.into.values()} | {*CORE.values()}
    assert said <= entities()


def test_each_facet_has_one_row() -> None:
    rows = [(fate.level, fate.key) for fate in FATES]
    assert len(rows) == len({*rows})


def test_every_facet_of_the_python_client_has_a_row() -> None:
    modules = {module.name.replace("_", "") for module in pkgutil.iter_modules(generated.__path__)} - {"base"}
    assert len(modules) >= 38
    assert modules <= {name.removesuffix("Facet").lower() for name in NAMES}


def test_every_facet_of_the_registry_has_a_row() -> None:
    assert REGISTRY <= NAMES


@pytest.mark.skipif(specification() is None, reason="the specification's schemas are not here (HEADWATER_SPEC)")
def test_every_facet_of_the_specification_has_a_row_under_its_key() -> None:
    root = specification()
    assert root is not None
    files = [*root.glob("facets/*.json"), *root.glob("registry/**/facets/*.json")]
    assert len(files) >= 44
    keys = {(fate.facet, fate.key) for fate in FATES}
    said = {(file.stem, key) for file in files for key in json.loads(file.read_text())["properties"]}
    assert said <= keys


def test_the_mapping_has_the_form_of_the_compatibility_tests() -> None:
    found = json.loads(mapping())
    assert found.keys() == {"mapped", "knownUnmapped"}
    assert found["mapped"]["core"] == CORE
    assert found["mapped"]["NominalTimeRunFacet"] == {
        "nominalStartTime": "Run.nominalStart",
        "nominalEndTime": "Run.nominalEnd",
    }
    assert found["knownUnmapped"]["GcpDataprocRunFacet"] == ["*"]
    assert not found["mapped"].keys() & found["knownUnmapped"].keys() - {"core"}
