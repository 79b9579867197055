"""What an event says of datasets: its inputs and outputs, and what their facets name besides."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from headwater_graph.keys import dataset_key, key

from headwater_collector.projection import facets
from headwater_collector.projection.columns import EMPTY, shape_of
from headwater_collector.projection.facets import Malformed
from headwater_collector.projection.facts import Access, ColumnFacts, Register, Said, merge_registers
from headwater_collector.projection.saying import (
    Saying,
    facets_of,
    is_deleted,
    keep,
    listed,
    name_dataset,
    name_of,
    take_register,
    take_registers,
)


def take_access(saying: Saying, said: Said, role: str, position: int, dataset: Any) -> None:
    """Take in one element of an event's inputs or outputs."""
    where = f"{role}[{position}]"
    found = name_of(dataset)
    if not found:
        return
    is_output = role == "outputs"
    accesses = said.outputs if is_output else said.inputs
    name = name_dataset(saying, *found)
    of_dataset = facets_of(dataset, "facets")
    of_role = facets_of(dataset, "outputFacets" if is_output else "inputFacets")
    access = Access(saying.token, saying.token, True)
    version = version_of(of_dataset.get("version"))
    access.versions = [version] if version else []
    if is_output:
        if "headwater_model" in of_dataset:
            of_role.setdefault("headwater_model", of_dataset.pop("headwater_model"))
        take_columns(saying, where, of_dataset.get("columnLineage"), access, found, position)
        _lineage(saying, said, found, of_dataset.get("lineage"))
    else:
        name_only(saying, of_dataset)
        access.role = take_register(saying, where, facets.input_role, of_role.pop("headwater_inputRole", None))
        access.checks = take_register(saying, where, facets.assertions, of_role.pop("dataQualityAssertions", None))
    if access.checks is None:
        checks = of_dataset.get("dataQualityAssertions")
        access.checks = take_register(saying, where, facets.assertions, checks)
    access.facets = {n: [saying.token, keep(saying, f)] for n, f in of_role.items() if not is_deleted(f)}
    order = f"{saying.token}{int(is_output)}{position:06d}"
    registers = take_registers(saying, of_dataset, "dataset", facets.NOT_OF_DATASET, order)
    link(saying, registers)
    merge_registers(saying.datasets[name].registers, registers)
    if name in accesses:
        accesses[name].merge(access)
        _prefer_last(accesses[name], access)
    else:
        accesses[name] = access


def _prefer_last(mine: Access, again: Access) -> None:
    """Let the later of two entries for one dataset in one event decide: their tokens are equal."""
    mine.role = again.role or mine.role
    mine.columns = again.columns or mine.columns
    mine.checks = again.checks or mine.checks
    mine.facets.update(again.facets)


def take_columns(
    saying: Saying, where: str, facet: Any, access: Access | None, output: tuple[str, str], position: int
) -> None:
    """Take in the columnLineage facet of an output, or of the dataset of a DatasetEvent."""
    if facet is None:
        return
    shape = EMPTY
    if not is_deleted(facet):
        try:
            shape = shape_of(facet)
        except Malformed as error:
            saying.warnings.append(f"{where}.columnLineage: {error}; this facet is left out")
            return
    token = f"{saying.token}{position:06d}"
    saying.shapes[shape.digest] = shape.text
    said = ColumnFacts(saying.job, *output, {shape.digest: [token, token]})
    name = key("columns", saying.job, dataset_key(*output))
    if name in saying.columns:
        saying.columns[name].merge(said)
    else:
        saying.columns[name] = said
    names = [name_dataset(saying, *found) for found in shape.datasets]
    if access:
        access.columns = [saying.token, names]


def _lineage(saying: Saying, said: Said, named: tuple[str, str], entry: Any) -> None:
    """Take in what a lineage facet 1-0-0, or an entry of one, says of an output."""
    if not isinstance(entry, dict) or is_deleted(entry):
        return
    names = _lineage_inputs(saying, entry)
    if names is None:
        saying.warnings.append("lineage: inputs must be a list and fields an object; this facet is left out")
    else:
        output = name_dataset(saying, *named)
        said.lineage[output] = sorted({*said.lineage.get(output, ()), *names})


def take_lineage_of_job(saying: Saying, facet: Any, said: Said) -> None:
    """Take in the lineage facet of a job."""
    for entry in listed(facet.get("entries")) if isinstance(facet, dict) and not is_deleted(facet) else ():
        found = name_of(entry)
        if found and entry.get("type") == "DATASET":
            _lineage(saying, said, found, entry)


def _lineage_inputs(saying: Saying, entry: Mapping[str, Any]) -> list[str] | None:
    inputs, fields = entry.get("inputs"), entry.get("fields")
    if not isinstance(inputs, list | None) or not isinstance(fields, dict | None):
        return None
    lists = [inputs, *(f.get("inputs") for f in (fields or {}).values() if isinstance(f, dict))]
    names = [name_of(i) for each in lists for i in listed(each) if isinstance(i, dict) and i.get("type") == "DATASET"]
    return sorted({name_dataset(saying, *name) for name in names if name})


def list_indirect_inputs(saying: Saying, said: Said) -> None:
    """List as inputs, though not stated, the datasets that lineage facets of outputs name."""
    by_columns = [access.columns[1] for access in said.outputs.values() if access.columns]
    for names in (*by_columns, *said.lineage.values()):
        for name in names:
            if name not in said.inputs:
                said.inputs[name] = Access(saying.token, saying.token, False)


def name_only(saying: Saying, of_dataset: Mapping[str, Any]) -> None:
    """Take note of the datasets that lineage facets name where they decide nothing: on inputs and DatasetEvents."""
    facet = of_dataset.get("columnLineage")
    if facet is not None and not is_deleted(facet):
        with suppress(Malformed):
            for found in shape_of(facet).datasets:
                name_dataset(saying, *found)
    lineage = of_dataset.get("lineage")
    if lineage is not None and not is_deleted(lineage):
        _lineage_inputs(saying, lineage)


def link(saying: Saying, registers: Mapping[str, Register]) -> None:
    """Note the datasets that symlinks name."""
    for namespace, name, _ in registers["symlinks"][1] or () if "symlinks" in registers else ():
        name_dataset(saying, namespace, name)


def version_of(facet: Any) -> str:
    """Return the version that a version facet says, empty for none."""
    value = facet.get("datasetVersion") if isinstance(facet, dict) and not is_deleted(facet) else None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return str(value)
