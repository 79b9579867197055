"""The report of the OpenLineage compatibility tests: a component, its scenarios, and the tests of each."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Final, Literal

Validation = Literal["syntax", "semantics"]

SUCCESS: Final = "SUCCESS"
FAILURE: Final = "FAILURE"


@dataclass(frozen=True)
class Checked:
    """One test: that an event was taken, or that the entities of a kind are as expected."""

    name: str
    status: str
    validation_type: Validation
    entity_type: str
    details: list[str]
    tags: Mapping[str, Any]


def checked(name: str, kind: Validation, entity: str, details: list[str], tags: Mapping[str, Any]) -> Checked:
    """Return a test that failed if there are details."""
    return Checked(name, FAILURE if details else SUCCESS, kind, entity, details, tags)


@dataclass(frozen=True)
class Validated:
    """One scenario."""

    name: str
    tests: list[Checked]

    @property
    def status(self) -> str:
        """Return whether all of its tests succeeded."""
        return SUCCESS if all(test.status == SUCCESS for test in self.tests) else FAILURE


def report(scenarios: list[Validated]) -> list[dict[str, Any]]:
    """Return the report of Headwater, one component in a list."""
    told = [
        {"name": one.name, "status": one.status, "tests": [asdict(test) for test in one.tests]} for one in scenarios
    ]
    return [
        {
            "name": "headwater",
            "component_type": "consumer",
            "component_version": version("headwater"),
            "openlineage_version": "",
            "scenarios": told,
        }
    ]
