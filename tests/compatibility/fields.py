"""The fields of facets, as OpenLineage's schemas declare them: each in a facet that holds it and what must be there."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from headwater_collector.projection.fates import Level

Json = Any
Step = str | int
"""A member, ``*`` for any member, ``[]`` for an element of a list, or the number of an alternative."""

MARK: Final = "mark-7f3a"
"""What stands in the field that is looked for."""
NUMBER: Final = 730_914
_TIME: Final = "2031-07-09T01:02:03Z"
_OWNERS: Final[tuple[tuple[str, Level], ...]] = (
    ("InputDatasetFacet", "input"),
    ("OutputDatasetFacet", "output"),
    ("DatasetFacet", "dataset"),
    ("JobFacet", "job"),
    ("RunFacet", "run"),
)
_DEEPEST: Final = 2
"""How often a definition that holds itself is followed."""
_FILLER: Final = 2
"""Which value stands in all other fields."""


@dataclass(frozen=True)
class Field:
    """A field of a facet, in the least facet that has it."""

    schema: str
    level: Level
    key: str
    path: tuple[Step, ...]
    facet: Json
    other: Json
    """The same facet with another value of the field, or without it."""
    shown: str
    """What must be found where the facet is shown; empty where only the difference between the two can tell."""

    @property
    def name(self) -> str:
        """Return a name for people."""
        return f"{self.schema}:{self.level}:{'.'.join(map(str, self.path))}"


def fields(root: Path) -> list[Field]:
    """Return all fields of all facets of the specification and its registry."""
    files = sorted([*root.glob("facets/*.json"), *root.glob("registry/**/facets/*.json")])
    return [field for file in files for field in _of_file(root, file)]


def _of_file(root: Path, file: Path) -> Iterator[Field]:
    document = json.loads(file.read_bytes())
    known = _Schemas(document, json.loads((root / "OpenLineage.json").read_bytes()))
    for key, declared in document["properties"].items():
        for schema in known.alternatives(declared):
            level = next(level for end, level in _OWNERS if end in known.bases(schema))
            said = ((path, leaf) for path, leaf in known.leaves(schema, ()) if not _is_fixed(leaf))
            for path, leaf in said:
                facet, other = (known.example(schema, path, at) for at in (0, 1))
                value = leaf_value(leaf, 0)
                shown = "" if isinstance(value, bool) or "enum" in leaf else str(value).removesuffix("Z")
                yield Field(file.stem, level, key, path, facet, other, shown)


def _is_fixed(leaf: Mapping[str, Json]) -> bool:
    """Return whether a field only has one value, which tells nothing."""
    return "const" in leaf or len(leaf.get("enum", "ab")) < 2


def leaf_value(leaf: Mapping[str, Json], which: int) -> Json:
    """Return one of some values of a field."""
    if "enum" in leaf or "const" in leaf:
        every = leaf.get("enum", [leaf.get("const")])
        return every[which % len(every)]
    kind = leaf.get("type", "string")
    if isinstance(kind, list):
        kind = kind[0]
    if kind == "boolean":
        return not which
    if kind in ("integer", "number"):
        return NUMBER + which
    text = {
        "date-time": _TIME,
        "uuid": "01900000-0000-7000-8000-0000007f3a0d",
        "uri": f"https://example.com/{MARK}",
        "uri-reference": f"https://example.com/{MARK}",
    }.get(leaf.get("format", ""), MARK)
    return text if not which else text.replace("3", "4")


class _Schemas:
    """The definitions of one document, and those of the core."""

    def __init__(self, document: Json, core: Json) -> None:
        self._defined = {**core["$defs"], **document["$defs"]}

    def resolve(self, schema: Json) -> Json:
        """Return a schema with what it refers to and all that it is made of in one."""
        found: dict[str, Json] = {"properties": {}, "required": []}
        parts = [self._target(schema["$ref"])] if "$ref" in schema else []
        for one in (*map(self.resolve, [*parts, *schema.get("allOf", ())]), schema):
            found["properties"] |= one.get("properties", {})
            found["required"] = [*found["required"], *one.get("required", ())]
            found |= {
                name: value for name, value in one.items() if name not in ("properties", "required", "allOf", "$ref")
            }
        return found

    def _target(self, reference: str) -> Json:
        return self._defined[reference.rpartition("/")[2]]

    def bases(self, schema: Json) -> str:
        """Return all names that a schema refers to, one after another."""
        found = [self.bases(part) for part in schema.get("allOf", ())]
        if "$ref" in schema:
            found += [schema["$ref"], self.bases(self._target(schema["$ref"]))]
        return " ".join(found)

    def alternatives(self, schema: Json) -> list[Json]:
        """Return what a schema leaves the choice of, else the schema."""
        found = self.resolve(schema)
        choice = found.get("oneOf") or found.get("anyOf")
        return choice if choice and not found["properties"] else [schema]

    def leaves(
        self, schema: Json, path: tuple[Step, ...], above: tuple[str, ...] = ()
    ) -> Iterator[tuple[tuple[Step, ...], Json]]:
        """Yield path and schema of each field that holds no others."""
        name = schema.get("$ref", "")
        if name and above.count(name) >= _DEEPEST:
            return
        above = (*above, name)
        found = self.resolve(schema)
        for member, inner in found["properties"].items():
            if not member.startswith("_"):
                yield from self.leaves(inner, (*path, member), above)
        for number, inner in enumerate(_choice(found)):
            yield from self.leaves(inner, (*path, number), above)
        extra = found.get("additionalProperties")
        if isinstance(extra, dict) and extra:
            yield from self.leaves(extra, (*path, "*"), above)
        if "items" in found:
            yield from self.leaves(found["items"], (*path, "[]"), above)
        if not found["properties"] and not _choice(found) and "items" not in found and not extra:
            yield path, found

    def example(self, schema: Json, path: Sequence[Step], which: int) -> Json:
        """Return the least value of a schema that has the field at this path, with one of two values in it."""
        found = self.resolve(schema)
        head, rest = (path[0], path[1:]) if path else (None, ())
        if "items" in found:
            return [self.example(found["items"], rest if head == "[]" else (), which)]
        choice = _choice(found)
        if choice:
            chosen = isinstance(head, int)
            made = self.example(choice[head if isinstance(head, int) else 0], rest if chosen else (), which)
        else:
            is_object = found["properties"] or found.get("type") == "object" or "additionalProperties" in found
            made = {} if is_object else leaf_value(found, which)
        return {**made, **self._members(found, head, rest, which)} if isinstance(made, dict) else made

    def _members(self, found: Json, head: Step | None, rest: Sequence[Step], which: int) -> Json:
        """Return the members of an object that must be there, and the one that the path leads to."""
        if head == "*":
            return {"any": self.example(found["additionalProperties"], rest, which)}
        wanted = {*found["required"], *([str(head)] if head in found["properties"] else [])}
        declared = {name: found["properties"].get(name, {}) for name in sorted(wanted) if not name.startswith("_")}
        return {
            name: self.example(inner, rest if name == head else (), which if name == head else _FILLER)
            for name, inner in declared.items()
        }


def _choice(schema: Json) -> list[Json]:
    found: list[Json] = schema.get("oneOf") or schema.get("anyOf") or []
    return found
