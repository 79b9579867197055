"""What is different between what is expected of entities and what the graph holds."""

from collections.abc import Iterator
from typing import Any, Final

from tests.compatibility.state import Row, named

ANY: Final = "{{ any(result) }}"
"""Stands for a value that must be there, as in the files of the compatibility tests."""


def entity_differences(expected: list[Row], actual: list[Row]) -> list[str]:
    """Return a line for each entity that is missing, too many or different; one may have more than expected."""
    wanted, found = named(expected), named(actual)
    lines = [f"{name}: no such entity" for name in wanted if name not in found]
    lines += [f"{name}: was not expected" for name in found if name not in wanted]
    for name in wanted:
        if name in found:
            lines += [f"{name}: {line}" for line in differences(wanted[name], found[name])]
            more = found[name].get("facets", {}).keys() - wanted[name].get("facets", {}).keys()
            lines += [f"{name}: the facet {facet} was not expected" for facet in sorted(more)]
    return lines


def differences(expected: Any, actual: Any, place: str = "") -> Iterator[str]:
    """Yield a line for each difference; of an object only the members that are expected count."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        for name, value in expected.items():
            if name in actual:
                yield from differences(value, actual[name], f"{place}.{name}")
            else:
                yield f"{place}.{name} is not there"
    elif isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        for number, (one, other) in enumerate(zip(expected, actual, strict=True)):
            yield from differences(one, other, f"{place}[{number}]")
    elif (actual is None) if expected == ANY else (expected != actual or type(expected) is not type(actual)):
        yield f"{place} is {actual!r} instead of {expected!r}"


def shortened(rows: list[Row]) -> list[Row]:
    """Return entities as a draft of what to expect: no null, and `ANY` for kept facets: events tell what these are."""
    found: list[Row] = _without_nulls(rows)
    return [{**row, "facets": dict.fromkeys(row["facets"], ANY)} if "facets" in row else row for row in found]


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value
