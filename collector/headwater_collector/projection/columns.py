"""Column lineage: what one columnLineage facet says, and the DERIVES edges of all that an output's facets ever said."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from headwater_graph.change import Edge, Node
from headwater_graph.keys import column_key, dataset_key
from headwater_graph.vocabulary import OPEN_END

from headwater_collector.projection.digest import digest_of
from headwater_collector.projection.facts.columns import ColumnFacts
from headwater_collector.projection.memo import remembered
from headwater_collector.projection.values import Malformed

_of_facet: Final = remembered(1024, 64 * 1024)

Derivation = tuple[str, str, str, str, str, str, bool]
"""Namespace, name and field of the source; field of the output; type, subtype, masking."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The content of one columnLineage facet: its derivations, sorted, and every dataset that it names."""

    digest: str
    text: str
    datasets: tuple[tuple[str, str], ...]


EMPTY = Shape(digest_of(b"[]"), "[]", ())
"""What a facet says that names nothing, or that was deleted."""


def shape_of(facet: Mapping[str, Any]) -> Shape:
    """Return what a columnLineage facet 1-2-0 says; raises `Malformed` if its fields are not an object."""
    return _shape(orjson.dumps(facet))


@_of_facet
def _shape(raw: bytes) -> Shape:
    # The same pipeline sends the same facet every hour: what it says is a function of its bytes.
    facet = orjson.loads(raw)
    fields = facet.get("fields")
    if fields is not None and not isinstance(fields, dict):
        raise Malformed("fields: must be an object")
    if not isinstance(facet.get("dataset"), list | None):
        raise Malformed("dataset: must be a list")
    rows: set[Derivation] = set()
    datasets: set[tuple[str, str]] = set()
    for name, entry in (fields or {}).items():
        if isinstance(entry, dict):
            _inputs(entry.get("inputFields"), name, entry.get("transformationType"), rows, datasets)
    _inputs(facet.get("dataset"), "*", None, rows, datasets)
    return _content(rows, datasets)


def _content(rows: set[Derivation], datasets: set[tuple[str, str]]) -> Shape:
    if not rows and not datasets:
        return EMPTY
    text = orjson.dumps(sorted(rows))
    return Shape(digest_of(text), text.decode(), tuple(sorted(datasets)))


def lineage_shape_of(entry: Mapping[str, Any]) -> Shape:
    """Return what a well-formed lineage facet 1-0-0 of a dataset, or an entry of a job's, says of columns."""
    return _lineage_shape(orjson.dumps([entry.get("inputs"), entry.get("fields")]))


@_of_facet
def _lineage_shape(raw: bytes) -> Shape:
    inputs, fields = orjson.loads(raw)
    rows: set[Derivation] = set()
    for name, entry in (fields or {}).items():
        if isinstance(entry, dict):
            _inputs(_datasets(entry.get("inputs")), name, None, rows, set())
    of_all = [each for each in _datasets(inputs) if _names_columns(each)]
    _inputs(of_all, "*", None, rows, set())
    return _content(rows, set())


def _datasets(inputs: Any) -> list[dict[str, Any]]:
    return [
        i for i in (inputs if isinstance(inputs, list) else ()) if isinstance(i, dict) and i.get("type") == "DATASET"
    ]


def _names_columns(entry: Mapping[str, Any]) -> bool:
    """Return whether an input of a whole dataset says more than that the dataset as such is one."""
    how = entry.get("transformations")
    return bool(_text(entry.get("field"))) or (isinstance(how, list) and any(isinstance(t, dict) for t in how))


def _inputs(inputs: Any, output: str, legacy: Any, rows: set[Derivation], datasets: set[tuple[str, str]]) -> None:
    for each in inputs if isinstance(inputs, list) else ():
        if not isinstance(each, dict):
            continue
        namespace, name, column = (each.get(part) for part in ("namespace", "name", "field"))
        if not (isinstance(namespace, str) and namespace and isinstance(name, str) and name):
            continue
        datasets.add((namespace, name))
        source = column if isinstance(column, str) and column else "*"
        for how in _transformations(each.get("transformations"), legacy):
            rows.add((namespace, name, source, output, *how))


def _transformations(found: Any, legacy: Any) -> Iterable[tuple[str, str, bool]]:
    how = [
        (_text(t.get("type")), _text(t.get("subtype")), t.get("masking") is True)
        for t in (found if isinstance(found, list) else ())
        if isinstance(t, dict)
    ]
    if how:
        return how
    return [("DIRECT", legacy, legacy == "MASKED")] if isinstance(legacy, str) and legacy else [("", "", False)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def derivations(facts: ColumnFacts | None, content: Callable[[str], str]) -> tuple[list[Node], list[Edge]]:
    """Return the columns and edges of an output, from the contents of its shapes by digest.

    An edge ends with the first facet known to be later than all that say it and not to say it: the first occurrence of
    such a content if that is later already, else its last one.
    """
    if facts is None:
        return [], []
    said = {digest: {tuple(row) for row in orjson.loads(content(digest))} for digest in facts.shapes}
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for row in sorted(set().union(*said.values())):
        having = [facts.shapes[digest] for digest, rows in said.items() if row in rows]
        lacking = [facts.shapes[digest] for digest, rows in said.items() if row not in rows]
        last = max(tokens[1] for tokens in having)
        ends = [first if first > last else final for first, final in lacking if final > last and not facts.adds_up]
        first = min(tokens[0] for tokens in having)
        source = _column(nodes, row[0], row[1], row[2])
        target = _column(nodes, facts.namespace, facts.name, row[3])
        edges.append(_edge(source, target, facts, row, first[:30], min(ends)[:30] if ends else OPEN_END))
    edges += [Edge("HAS_COLUMN", str(node.properties["datasetKey"]), column) for column, node in nodes.items()]
    return list(nodes.values()), edges


def is_steady(before: ColumnFacts | None, now: ColumnFacts) -> bool:
    """Return whether nothing that can be seen of the edges differs: the one content that was there was said again."""
    if before is None or len(now.shapes) != 1 or before.shapes.keys() != now.shapes.keys():
        return False
    (digest, tokens), *_ = now.shapes.items()
    return before.shapes[digest][0] == tokens[0]


def _column(nodes: dict[str, Node], namespace: str, name: str, field: str) -> str:
    key = column_key(namespace, name, field)
    if key not in nodes:
        owner = dataset_key(namespace, name)
        nodes[key] = Node(key, {"namespace": namespace, "name": name, "field": field, "datasetKey": owner})
    return key


def _edge(source: str, target: str, facts: ColumnFacts, row: tuple[Any, ...], first_seen: str, ended_at: str) -> Edge:
    type_, subtype, masking = row[4:7]
    properties = {
        "job": facts.job or None,
        "type": type_ or None,
        "subtype": subtype or None,
        "masking": masking,
        "firstSeen": first_seen,
        "endedAt": ended_at,
    }
    said_by = f"{facts.job}\x1flineage" if facts.adds_up else facts.job
    return Edge("DERIVES", source, target, properties, f"{said_by}\x1f{type_}\x1f{subtype}\x1f{masking}")
