"""What an event says that the graph does not show: facets that are left out, and fields that cannot be read.

Worked out when somebody asks for it. A facet with a field that cannot be read is kept whole: nothing is lost.
"""

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Any, Final

from headwater_collector.event import Event
from headwater_collector.oddities import Warnings
from headwater_collector.projection.fate_table import fate_of
from headwater_collector.projection.fates import Fate, Level
from headwater_collector.projection.relatives import PARENTS
from headwater_collector.projection.say import say
from headwater_collector.projection.saying import facets_of, is_deleted, listed
from headwater_collector.projection.values import Facet, Malformed, inner

_OWNERS: Final[tuple[Level, ...]] = ("run", "job", "dataset")
_ROLES: Final[tuple[tuple[str, Level], ...]] = (("inputs", "input"), ("outputs", "output"))


def warnings_on(event: Event) -> list[str]:
    """Return what of an event is not in the graph, or not as its field: few of them, and how many more there are."""
    found = Warnings()
    for warning in chain(say(event).warnings, _unread(event.body)):
        found.add(warning)
    return [*found.told()]


def _unread(body: Mapping[str, Any]) -> Iterator[str]:
    for owner in _OWNERS:
        yield from _of_owner(inner(body, owner), owner, owner)
    for role, level in _ROLES:
        for number, dataset in enumerate(listed(body.get(role))):
            if isinstance(dataset, Mapping):
                yield from _of_access(dataset, level, f"{role}[{number}]")


def _of_owner(owner: Mapping[str, Any], level: Level, where: str) -> Iterator[str]:
    for name, facet in facets_of(owner, "facets").items():
        yield from _of_facet(fate_of(level, name), facet, f"{where}.{name}")
        if level == "run" and name in PARENTS:
            yield from _of_parent(facet, f"{where}.{name}")


def _of_parent(facet: Facet, where: str) -> Iterator[str]:
    """Yield what cannot be read of the facets that come with a parent and its root."""
    for reference, way in ((facet, where), (inner(facet, "root"), f"{where}.root")):
        yield from _of_owner({"facets": _without_parents(inner(reference, "run"))}, "run", f"{way}.run")
        yield from _of_owner(inner(reference, "job"), "job", f"{way}.job")


def _without_parents(run: Mapping[str, Any]) -> Mapping[str, Any]:
    return {name: facet for name, facet in facets_of(run, "facets").items() if name not in PARENTS}


def _of_access(dataset: Mapping[str, Any], level: Level, where: str) -> Iterator[str]:
    place = f"{level}Facets"
    for name, facet in facets_of(dataset, place).items():
        yield from _of_facet(fate_of(level, name, place), facet, f"{where}.{name}")
    for name, facet in facets_of(dataset, "facets").items():
        own = fate_of(level, name)
        yield from _of_facet(
            own if own.places and own.projected else fate_of("dataset", name), facet, f"{where}.{name}"
        )


def _of_facet(fate: Fate, facet: Facet, where: str) -> Iterator[str]:
    if not is_deleted(facet) and not _is_refused(fate, facet):
        yield from (f"{where}.{problem}; not read" for problem in fate.unread(facet))


def _is_refused(fate: Fate, facet: Facet) -> bool:
    """Return whether a facet is left out, which is told of it already."""
    try:
        if fate.extract:
            fate.extract(facet)
    except Malformed:
        return True
    return False
