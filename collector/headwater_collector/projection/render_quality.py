"""What a run checked and measured of the datasets that it reads and writes, as nodes and edges. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from headwater_graph.change import Value
from headwater_graph.keys import column_key, key

from headwater_collector.projection.access_facets import EXPECTATIONS
from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.facts.register import Register
from headwater_collector.projection.facts.run import RunFacts
from headwater_collector.projection.facts.said import Said
from headwater_collector.projection.portions import portions
from headwater_collector.projection.rendering import Rendering

Row = Sequence[Any]
"""One check or measure: its first two values tell it from the others of the dataset."""
Told = tuple[Register, str, Iterable[str]]
"""What was told of a dataset, which one, and the versions that it is about."""


def add_quality(
    found: Rendering,
    run: str,
    facts: RunFacts,
    datasets: Mapping[str, DatasetFacts],
    written: Mapping[str, Mapping[str, Iterable[str]]],
) -> None:
    """Add the checks and metrics of datasets; of one check in several jobs' shares of the run the later one stands."""
    for name, add in _QUALITY:
        told = sorted(_told(facts, name, written), key=lambda one: one[0][0])
        rows = {(dataset, *row[:2]): (row, versions) for register, dataset, versions in told for row in register[1]}
        for (dataset, *_), (row, versions) in rows.items():
            add(found, run, facts, dataset, datasets[dataset], row, versions)


def _told(facts: RunFacts, name: str, written: Mapping[str, Mapping[str, Iterable[str]]]) -> Iterator[Told]:
    """Yield what each portion tells; of a dataset that it reads and writes what was said later."""
    for part, portion in portions(facts).items():
        for dataset in {**portion.said.inputs, **portion.said.outputs}:
            register, is_output = _latest(portion.said, dataset, name)
            if register:
                bound = [version for version, _, _ in facts.bound.get(dataset, {}).get(part, ())]
                yield register, dataset, written[dataset][part] if is_output else bound


def _latest(said: Said, dataset: str, name: str) -> tuple[Register | None, bool]:
    """Return what was said last of a dataset in either role, and whether it was said of it as an output."""
    of_output, of_input = (
        side[dataset].told.get(name) if dataset in side else None for side in (said.outputs, said.inputs)
    )
    if of_output and not (of_input and of_input[0] > of_output[0]):
        return of_output, True
    return of_input, False


def _check(
    found: Rendering, run: str, facts: RunFacts, dataset: str, owner: DatasetFacts, row: Row, versions: Iterable[str]
) -> None:
    assertion, column, success, severity, expected, actual = row
    name = key("assertion", run, dataset, assertion, column)
    properties: dict[str, Value] = {
        "name": assertion,
        "column": column or None,
        "success": success,
        "severity": severity or None,
        "expected": expected or None,
        "actual": actual or None,
        "runId": facts.run_id,
    }
    found.node(name, properties)
    found.edge("REPORTED", run, name)
    if column:
        found.edge("ABOUT", name, column_key(owner.namespace, owner.name, column))
    for version in versions:
        found.edge("CHECKED", name, version)


def _metric(
    found: Rendering, run: str, _facts: RunFacts, dataset: str, _owner: DatasetFacts, row: Row, versions: Iterable[str]
) -> None:
    column, name, value = row
    metric = key("metric", run, dataset, column, name)
    found.node(metric, {"name": name, "value": value, "column": column or None})
    found.edge("MEASURED", run, metric)
    for version in versions:
        found.edge("DESCRIBES", metric, version)


Adder = Callable[[Rendering, str, RunFacts, str, DatasetFacts, Row, Iterable[str]], None]
_QUALITY: Final[tuple[tuple[str, Adder], ...]] = (
    ("dataQualityAssertions", _check),
    (EXPECTATIONS, _check),
    ("dataQualityMetrics", _metric),
)
"""What is told of the quality of an input or output, and what makes nodes of it."""
