"""Column lineage: what one columnLineage facet says, and the DERIVES edges of all that an output's facets ever said."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson
from headwater_graph.change import Edge, Node
from headwater_graph.keys import column_key, dataset_key
from headwater_graph.vocabulary import OPEN_END

from headwater_collector.projection import field_kinds
from headwater_collector.projection.digest import digest_of
from headwater_collector.projection.facts.columns import ColumnFacts
from headwater_collector.projection.held import held, says_more
from headwater_collector.projection.memo import remembered
from headwater_collector.projection.values import Malformed

_of_facet: Final = remembered(1024, 64 * 1024)

MAX_DESCRIPTION: Final = 2000
"""Characters of the description of a transformation that an edge shows."""

Derivation = tuple[str, str, str, str, str, str, bool, str]
"""Namespace, name and field of the source; field of the output; type, subtype, masking, description."""


_NO_LEGACY: Final = ("", "")
_HELD: Final = held(field_kinds.COLUMNS)


@dataclass(frozen=True, slots=True)
class Shape:
    """The content of one columnLineage facet: its derivations, sorted, and every dataset that it names."""

    digest: str
    text: str
    datasets: tuple[tuple[str, str], ...]
    more: bool = False
    """The facet holds something that no edge does."""


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
            legacy = _text(entry.get("transformationType")), _text(entry.get("transformationDescription"))
            _inputs(entry.get("inputFields"), name, legacy, rows, datasets)
    _inputs(facet.get("dataset"), "*", _NO_LEGACY, rows, datasets)
    more = says_more(facet, _HELD) or _is_long(rows) or _says_both(fields or {})
    return _content(rows, datasets, more=more)


def _says_both(fields: Mapping[str, Any]) -> bool:
    """Return whether a field tells of its transformations in the older and in the newer form, of which that counts."""
    of_both = (e for e in fields.values() if isinstance(e, dict) and _text(e.get("transformationType")))
    inputs = (each for entry in of_both for each in (entry.get("inputFields") or ()))
    return any(isinstance(each, dict) and each.get("transformations") for each in inputs)


def _content(rows: set[Derivation], datasets: set[tuple[str, str]], *, more: bool = False) -> Shape:
    if not rows and not datasets and not more:
        return EMPTY
    text = orjson.dumps(sorted((*row[:7], row[7][:MAX_DESCRIPTION]) for row in rows))
    return Shape(digest_of(text), text.decode(), tuple(sorted(datasets)), more)


def _is_long(rows: set[Derivation]) -> bool:
    return any(len(row[7]) > MAX_DESCRIPTION for row in rows)


def lineage_shape_of(entry: Mapping[str, Any]) -> Shape:
    """Return what a well-formed lineage facet 1-0-0 of a dataset, or an entry of a job's, says of columns."""
    return _lineage_shape(orjson.dumps([entry.get("inputs"), entry.get("fields")]))


@_of_facet
def _lineage_shape(raw: bytes) -> Shape:
    inputs, fields = orjson.loads(raw)
    rows: set[Derivation] = set()
    for name, entry in (fields or {}).items():
        if isinstance(entry, dict):
            _inputs(_datasets(entry.get("inputs")), name, _NO_LEGACY, rows, set())
    of_all = [each for each in _datasets(inputs) if _names_columns(each)]
    _inputs(of_all, "*", _NO_LEGACY, rows, set())
    return _content(rows, set())


def _datasets(inputs: Any) -> list[dict[str, Any]]:
    return [
        i for i in (inputs if isinstance(inputs, list) else ()) if isinstance(i, dict) and i.get("type") == "DATASET"
    ]


def _names_columns(entry: Mapping[str, Any]) -> bool:
    """Return whether an input of a whole dataset says more than that the dataset as such is one."""
    how = entry.get("transformations")
    return bool(_text(entry.get("field"))) or (isinstance(how, list) and any(isinstance(t, dict) for t in how))


def _inputs(
    inputs: Any, output: str, legacy: tuple[str, str], rows: set[Derivation], datasets: set[tuple[str, str]]
) -> None:
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


def _transformations(found: Any, legacy: tuple[str, str]) -> Iterable[tuple[str, str, bool, str]]:
    kind, described = legacy
    how = [
        (_text(t.get("type")), _text(t.get("subtype")), t.get("masking") is True, _text(t.get("description")))
        for t in (found if isinstance(found, list) else ())
        if isinstance(t, dict)
    ]
    if how:
        # What the facet's older form says of the field stands beside what the newer one says of each of its sources.
        return [(*each[:3], each[3] or described) for each in how]
    return [("DIRECT", kind, kind == "MASKED", described)] if kind else [("", "", False, described)]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def derivations(facts: ColumnFacts | None, content: Callable[[str], str]) -> tuple[list[Node], list[Edge]]:
    """Return the columns and edges of an output, from the contents of its shapes by digest.

    An edge ends with the first facet known to be later than all that say it and not to say it: the first occurrence of
    such a content if that is later already, else its last one. The last facet that says it describes it.
    """
    if facts is None:
        return [], []
    said = {digest: _described(content(digest)) for digest in facts.shapes}
    nodes: dict[str, Node] = {}
    edges: list[Edge] = []
    for row in sorted(set[tuple[Any, ...]]().union(*said.values())):
        having = [facts.shapes[digest] for digest, rows in said.items() if row in rows]
        lacking = [facts.shapes[digest] for digest, rows in said.items() if row not in rows]
        last = max(tokens[1] for tokens in having)
        ends = [first if first > last else final for first, final in lacking if final > last and not facts.adds_up]
        first = min(tokens[0] for tokens in having)
        source = _column(nodes, row[0], row[1], row[2])
        target = _column(nodes, facts.namespace, facts.name, row[3])
        describing = max((facts.shapes[digest][1], rows[row]) for digest, rows in said.items() if row in rows)[1]
        ended = min(ends)[:30] if ends else OPEN_END
        edges.append(_edge(source, target, facts, (*row, describing), first[:30], ended))
    edges += [Edge("HAS_COLUMN", str(node.properties["datasetKey"]), column) for column, node in nodes.items()]
    return list(nodes.values()), edges


def _described(content: str) -> dict[tuple[Any, ...], str]:
    """Return the rows of a content with what describes each: several descriptions on lines of their own."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for *row, description in orjson.loads(content):
        found.setdefault(tuple(row), []).extend([description] if description else [])
    return {row: "\n".join(described) for row, described in found.items()}


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
    type_, subtype, masking, description = row[4:]
    properties = {
        "job": facts.job or None,
        "type": type_ or None,
        "subtype": subtype or None,
        "masking": masking,
        "description": description or None,
        "firstSeen": first_seen,
        "endedAt": ended_at,
    }
    said_by = f"{facts.job}\x1flineage" if facts.adds_up else facts.job
    return Edge("DERIVES", source, target, properties, f"{said_by}\x1f{type_}\x1f{subtype}\x1f{masking}")
