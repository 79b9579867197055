"""The facet classes, their JSON Schemas and OpenLineage's rules for custom facets agree."""

import json
from typing import Any

import attr
import pytest
from headwater_graph.facets import schema_of, schemas
from headwater_integrations import facets
from jsonschema import Draft202012Validator, FormatChecker
from openlineage.client.generated.base import BaseFacet, RunFacet
from openlineage.client.serde import Serde
from referencing import Registry, Resource

BASES = {"RunFacet", "DatasetFacet", "InputDatasetFacet"}
_BASE = {
    "type": "object",
    "properties": {
        "_producer": {"type": "string", "format": "uri"},
        "_schemaURL": {"type": "string", "format": "uri"},
    },
    "additionalProperties": True,
    "required": ["_producer", "_schemaURL"],
}
CORE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
    "$defs": {
        "BaseFacet": _BASE,
        **{name: {"type": "object", "allOf": [{"$ref": "#/$defs/BaseFacet"}]} for name in BASES},
    },
}
"""What our schemas take from the core of OpenLineage 2-0-2."""

SHA = "0" * 64
EXAMPLES: dict[str, list[BaseFacet]] = {
    facets.SEEDS: [facets.SeedsRunFacet({"numpy": 42, "jax": "0x1f"}, True), facets.SeedsRunFacet({})],
    facets.ENVIRONMENT: [
        facets.EnvironmentRunFacet(
            "3.12.4", "Linux", [facets.Package("numpy", "2.4.5")], SHA, "a@sha256:1", {"gpu": "H100"}
        ),
        facets.EnvironmentRunFacet(),
    ],
    facets.CODE_STATE: [facets.CodeStateRunFacet(True, SHA, 3), facets.CodeStateRunFacet(False)],
    facets.METRICS: [
        facets.MetricsRunFacet([facets.Metric("auc", 0.91, "validation", 7), facets.Metric("loss", 1)]),
        facets.MetricsRunFacet([]),
    ],
    facets.MODEL: [
        facets.ModelDatasetFacet(
            "torch", "2.9", "resnet50", "sha256:ab", facets.BaseModel("hf://hub", "models/base", "abc"), "x -> y"
        ),
        facets.ModelDatasetFacet(baseModel=facets.BaseModel("hf://hub", "models/base")),
    ],
    facets.INPUT_ROLE: [facets.InputRoleInputDatasetFacet("train", "80%"), facets.InputRoleInputDatasetFacet("model")],
}
CASES = [(key, example) for key, examples in EXAMPLES.items() for example in examples]


def _content(facet: BaseFacet) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(Serde.to_json(facet))
    return content


def _validator(facet: BaseFacet) -> Draft202012Validator:
    url = _content(facet)["_schemaURL"]
    known: dict[str, Any] = {**schemas(), "https://openlineage.io/spec/2-0-2/OpenLineage.json": CORE}
    resources = [(name, Resource.from_contents(schema)) for name, schema in known.items()]
    registry: Registry[Any] = Registry().with_resources(resources)
    return Draft202012Validator({"$ref": url}, registry=registry, format_checker=FormatChecker())


@pytest.mark.parametrize(("key", "facet"), CASES)
def test_what_the_client_sends_is_valid(key: str, facet: BaseFacet) -> None:
    _validator(facet).validate(_content(facet))
    whole = schema_of(_content(facet)["_schemaURL"])
    assert whole is not None
    assert list(whole["properties"]) == [key]


@pytest.mark.parametrize(
    ("facet", "field", "value"),
    [
        (facets.SeedsRunFacet({}), "seeds", {"numpy": 4.2}),
        (facets.EnvironmentRunFacet(), "packages", [{"name": "numpy"}]),
        (facets.CodeStateRunFacet(True), "diffSha256", "no digest"),
        (facets.MetricsRunFacet([]), "metrics", [{"name": "auc", "value": "high"}]),
        (facets.ModelDatasetFacet(), "digest", "no digest"),
        (facets.InputRoleInputDatasetFacet("train"), "role", 1),
        (facets.InputRoleInputDatasetFacet("train"), "_schemaURL", "no address"),
    ],
)
def test_what_is_wrong_is_invalid(facet: BaseFacet, field: str, value: object) -> None:
    assert not _validator(facet).is_valid({**_content(facet), field: value})


def _own_fields(cls: type) -> dict[str, bool]:
    """Return the fields that a class adds to its base, and whether each is required."""
    base = {a.name for c in cls.__mro__[1:] if attr.has(c) for a in attr.fields(c)}
    return {a.name: a.default is attr.NOTHING for a in attr.fields(cls) if a.name not in base}


def _shape(definition: dict[str, Any]) -> dict[str, bool]:
    own = definition["allOf"][1] if "allOf" in definition else definition
    return {name: name in own.get("required", ()) for name in own["properties"]}


@pytest.mark.parametrize("key", EXAMPLES)
def test_schema_and_class_have_the_same_fields(key: str) -> None:
    facet = EXAMPLES[key][0]
    url = _content(facet)["_schemaURL"]
    schema = schema_of(url)
    assert schema is not None
    for name, definition in schema["$defs"].items():
        cls = type(facet) if url.endswith("/" + name) else getattr(facets, name)
        assert _own_fields(cls) == _shape(definition), name


def test_all_schemas_have_a_class_and_follow_the_naming_rule() -> None:
    named = {_content(examples[0])["_schemaURL"]: key for key, examples in EXAMPLES.items()}
    assert {url.partition("#")[0] for url in named} == set(schemas())
    for url, key in named.items():
        definition = url.rpartition("/")[2]
        short = key.removeprefix("headwater_")
        cls = type(EXAMPLES[key][0])
        base = next(c.__name__ for c in cls.__mro__[1:] if c.__name__ in BASES)
        assert definition == f"Headwater{short[0].upper()}{short[1:]}{base}" == "Headwater" + cls.__name__


def test_no_schema_of_others_is_claimed() -> None:
    assert schema_of(RunFacet._get_schema()) is None
