"""JSON Schemas of Headwater's own facets, found by the name that a facet's ``_schemaURL`` gives."""

import json
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def schemas() -> dict[str, dict[str, Any]]:
    """Return all schemas by their ``$id``."""
    found = (json.loads(f.read_bytes()) for f in files(__name__).iterdir() if f.name.endswith(".json"))
    return {schema["$id"]: schema for schema in found}


def schema_of(schema_url: str) -> dict[str, Any] | None:
    """Return the schema that a facet's ``_schemaURL`` names, or None if it is not one of ours."""
    return schemas().get(schema_url.partition("#")[0])
