"""What an event says of datasets: its inputs and outputs, and what their facets name besides."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from headwater_graph.keys import dataset_key, key

from headwater_collector.projection import access_facets
from headwater_collector.projection.access_registers import name_columns, take_stated, take_told
from headwater_collector.projection.columns import EMPTY, Shape, shape_of
from headwater_collector.projection.explicit_lineage import take_output, take_shape
from headwater_collector.projection.facts.access import Access
from headwater_collector.projection.facts.columns import ColumnFacts
from headwater_collector.projection.facts.register import Register, later, merge_registers
from headwater_collector.projection.facts.said import Said
from headwater_collector.projection.fate_table import fate_of, no_registers
from headwater_collector.projection.fates import Level
from headwater_collector.projection.lineage_facet import sources
from headwater_collector.projection.saying import (
    Saying,
    facets_of,
    is_deleted,
    keep,
    keep_more,
    leave_out,
    name_dataset,
    name_of,
    take_registers,
)
from headwater_collector.projection.schema_facet import is_untyped
from headwater_collector.projection.values import Malformed


def take_access(saying: Saying, said: Said, role: str, position: int, dataset: Any) -> None:
    """Take in one element of an event's inputs or outputs."""
    where = f"{role}[{position}]"
    found = name_of(dataset)
    if not found:
        return
    is_output = role == "outputs"
    level: Level = "output" if is_output else "input"
    accesses = said.outputs if is_output else said.inputs
    name = name_dataset(saying, *found)
    of_dataset = facets_of(dataset, "facets")
    access = Access(saying.token, saying.token, True)
    version = version_of(of_dataset.get("version"))
    access.named = [version] if version else []
    if is_output:
        take_columns(saying, where, of_dataset.get("columnLineage"), access, found, position)
        if take_output(saying, said, found, of_dataset.get("lineage")):
            kept = keep_more(saying, fate_of(level, "lineage"), of_dataset["lineage"])
            access.facets["lineage"] = [saying.token, kept]
    else:
        name_only(saying, of_dataset)
    if saying.run:
        if "version" in of_dataset:
            kept = keep_more(saying, fate_of(level, "version"), of_dataset["version"])
            access.facets["version"] = [saying.token, kept]
        take_told(saying, access, name, level, where, dataset)
    else:
        take_stated(saying, access, level, where, dataset)
    order = f"{saying.token}{int(is_output)}{position:06d}"
    registers = take_registers(saying, of_dataset, "dataset", no_registers(level, bool(saying.run)), order)
    partial = _is_partial(saying, registers, of_dataset, is_output=is_output)
    take_of_dataset(saying, name, registers, registers.pop("schema") if partial else None)
    if name in accesses:
        accesses[name].merge(access)
        _prefer_last(accesses[name], access)
    else:
        accesses[name] = access


def _prefer_last(mine: Access, again: Access) -> None:
    """Let the later of two entries for one dataset in one event decide: their tokens are equal."""
    mine.columns = again.columns or mine.columns
    mine.told.update(again.told)
    mine.facets.update(again.facets)


def take_columns(
    saying: Saying, where: str, facet: Any, access: Access | None, output: tuple[str, str], position: int
) -> Shape | None:
    """Take in the columnLineage facet of an output, or of the dataset of a DatasetEvent, if it can be read."""
    if facet is None:
        return None
    shape = EMPTY
    if not is_deleted(facet):
        try:
            shape = shape_of(facet)
        except Malformed as error:
            leave_out(saying, f"{where}.columnLineage", facet, error)
            return None
    token = f"{saying.token}{position:06d}"
    take_shape(saying, key("columns", saying.job, dataset_key(*output)), shape, token, ColumnFacts(saying.job, *output))
    names = [name_dataset(saying, *found) for found in shape.datasets]
    if access:
        access.columns = [saying.token, names]
        access.facets["columnLineage"] = [saying.token, keep(saying, facet) if shape.more else ""]
    return shape


def list_indirect_inputs(saying: Saying, said: Said) -> None:
    """List as inputs, though not stated, the datasets that lineage facets name."""
    by_columns = [access.columns[1] for access in said.outputs.values() if access.columns]
    renamed = [access.renamed() for access in said.outputs.values()]
    for names in (said.own, *by_columns, *said.lineage.values(), filter(None, renamed)):
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
    facet = of_dataset.get("lineage")
    if facet is not None and not is_deleted(facet):
        with suppress(Malformed):
            for found in sources(facet)[0]:
                name_dataset(saying, *found)


def _is_partial(
    saying: Saying, registers: Mapping[str, Register], of_dataset: Mapping[str, Any], *, is_output: bool
) -> bool:
    """Return whether the schema of an input or output tells of those columns alone that a query used."""
    if not saying.run or not _value(registers, "schema"):
        return False
    return saying.changes_some if is_output else is_untyped(of_dataset["schema"])


def take_of_dataset(
    saying: Saying, dataset: str, registers: dict[str, Register], used_schema: Register | None = None
) -> None:
    """Take in what is said of a dataset itself; a schema that is deleted is neither whole nor partial any more."""
    _name_linked(saying, dataset, registers)
    facts, schema = saying.datasets[dataset], registers.get("schema")
    merge_registers(facts.registers, registers)
    used = schema if schema and schema[1] is None else used_schema
    if used:
        facts.used_schema = later(facts.used_schema, [*used, saying.contents.get(used[2], "")])


def _name_linked(saying: Saying, dataset: str, registers: Mapping[str, Register]) -> None:
    """Note the datasets that symlinks name, and the columns that tags name."""
    for namespace, name, _ in _value(registers, "symlinks"):
        name_dataset(saying, namespace, name)
    name_columns(saying, dataset, (field for *_, field in _value(registers, "tags")))


def _value(registers: Mapping[str, Register], name: str) -> Any:
    return (registers[name][1] if name in registers else None) or ()


def version_of(facet: Any) -> str:
    """Return the version that a version facet says, empty for none."""
    return str(access_facets.version(facet)) if isinstance(facet, dict) and not is_deleted(facet) else ""
