"""Alias rules that the graph gives reason for. Proposed with their evidence, never applied by themselves. Pure.

Evidence is that the same names stand under two namespaces that are one place written in two ways, or that symlinks of
several datasets follow one pattern which others fit, too. An equal last part of a path or an equal dataSource.uri is
none: different tables have those.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from shlex import quote
from typing import Final

from headwater_collector.aliases.namespaces import Place, place_of, port_of, written_differently
from headwater_collector.aliases.rule import AliasRule, alias_rule
from headwater_collector.errors import BadRequest

Name = tuple[str, str]
"""Namespace and name of a dataset."""
Link = tuple[Name, Name]
"""A dataset and another name of it that its symlinks facet gives."""

SHOWN: Final = 3
"""Examples that an evidence names."""
LEAST_LINKS: Final = 2
"""Symlinks that must follow a pattern before it is proposed for others."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule with what speaks for it."""

    rule: AliasRule
    evidence: tuple[str, ...]
    joins: int
    """Pairs of datasets that are both in the graph, and are not one yet, that it would make one."""


def suggest(datasets: Collection[Name], links: Collection[Link], standing: Collection[str]) -> list[Suggestion]:
    """Return the rules that there is reason for and that would join datasets, best first; not those that stand."""
    known = set(datasets)
    joined = {frozenset(link) for link in links}
    found = {each.rule.id: each for each in [*_of_namespaces(known, joined), *_of_symlinks(known, links, joined)]}
    return sorted(
        (each for each in found.values() if each.joins and each.rule.id not in standing),
        key=lambda each: (-each.joins, each.rule.id),
    )


def command_of(rule: AliasRule) -> str:
    """Return the command that applies a rule."""
    options = [("--namespace", rule.namespace, ".*"), ("--name", rule.name, ".*")]
    options += [("--to-namespace", rule.to_namespace, "{namespace}"), ("--to-name", rule.to_name, "{name}")]
    said = " ".join(f"{option} {quote(text)}" for option, text, default in options if text != default)
    return f"headwater alias apply {said}"


def _of_namespaces(known: set[Name], joined: set[frozenset[Name]]) -> Iterable[Suggestion]:
    names: dict[str, set[str]] = defaultdict(set)
    for namespace, name in known:
        names[namespace].add(name)
    places: dict[Place, list[str]] = defaultdict(list)
    for namespace in names:
        places[place_of(namespace)].append(namespace)
    for same in places.values():
        for target, others in _by_target(same, names):
            for other in others:
                yield from _of_two(other, target, names, joined)


def _by_target(same: Sequence[str], names: Mapping[str, set[str]]) -> Iterable[tuple[str, list[str]]]:
    """Yield the way of writing a place that is kept, with the others; a place with several ports is several places."""
    ports = {port_of(namespace) for namespace in same} - {None}
    if len(ports) > 1:
        for port in ports:
            alike = [namespace for namespace in same if port_of(namespace) == port]
            yield from _by_target(alike, names)
        return
    # The one with most datasets; of two, the shorter: it has no port and no slash.
    target = min(same, key=lambda namespace: (-len(names[namespace]), len(namespace), namespace))
    yield target, sorted(namespace for namespace in same if namespace != target)


def _of_two(
    other: str, target: str, names: Mapping[str, set[str]], joined: set[frozenset[Name]]
) -> Iterable[Suggestion]:
    shared = sorted(names[other] & names[target])
    apart = [name for name in shared if frozenset(((other, name), (target, name))) not in joined]
    ways = written_differently(other, target)
    if apart and ways:
        rule = _rule(_exactly(other), ".*", _plain(target), "{name}")
        evidence = (
            f"{other} and {target} differ only in {' and '.join(ways)}",
            f"{len(shared):,} name(s) stand under both: {_some(shared)}",
        )
        if rule:
            yield Suggestion(rule, evidence, len(apart))


def _of_symlinks(known: set[Name], links: Collection[Link], joined: set[frozenset[Name]]) -> Iterable[Suggestion]:
    patterns: dict[tuple[str, str, str, str], list[Link]] = defaultdict(list)
    for (namespace, name), (to_namespace, to_name) in links:
        pattern = _pattern(name, to_name)
        if pattern:
            patterns[_exactly(namespace), pattern[0], _plain(to_namespace), pattern[1]].append(
                ((namespace, name), (to_namespace, to_name))
            )
    said: dict[Name, set[Name]] = defaultdict(set)
    for one, other in links:
        said[one].add(other)
    for parts, following in patterns.items():
        rule = _rule(*parts)
        if rule and len({link[0] for link in following}) >= LEAST_LINKS and not _contradicted(rule, said):
            apart = sorted(_apart(rule, known, joined))
            examples = _some([f"{one[1]} is also {other[1]}" for one, other in sorted(following)])
            evidence = (
                f"{len(following):,} symlinks from {following[0][0][0]} to {following[0][1][0]} follow it: {examples}",
                f"datasets that fit it and are not linked: {_some([name for _, name in apart])}",
            )
            yield Suggestion(rule, evidence, len(apart))


def _apart(rule: AliasRule, known: set[Name], joined: set[frozenset[Name]]) -> Iterable[Name]:
    for name in known:
        other = rule.other_name(*name)
        if other in known and frozenset((name, other)) not in joined:
            yield name


def _contradicted(rule: AliasRule, said: Mapping[Name, set[Name]]) -> bool:
    """Return whether a dataset that the rule fits says another name of it in the same namespace."""
    for name, others in said.items():
        found = rule.other_name(*name)
        if found and found not in others and any(other[0] == found[0] for other in others):
            return True
    return False


def _pattern(name: str, other: str) -> tuple[str, str] | None:
    """Return a pattern of names and a template, in which each part of the other name that is a folder is a group.

    ``warehouse/sales.db/orders`` and ``sales.orders`` give ``warehouse/(?P<a>..)[.]db/(?P<b>..)`` and ``{a}.{b}``.
    """
    if name == other:
        return None
    folders = name.split("/")
    template, used = [], dict[int, str]()
    for part in re.split(r"([./])", other):
        place = _last(folders, lambda folder, part=part: part in (folder, folder.removesuffix(".db")))  # type: ignore[misc]
        if part in ("", ".", "/") or place is None or place in used:
            template.append(_plain(part))
        else:
            used[place] = f"part{len(used) + 1}"
            template.append(f"{{{used[place]}}}")
    if not used or len(folders) - 1 not in used:
        return None
    pattern = [_folder(folder, used.get(place)) for place, folder in enumerate(folders)]
    return "/".join(pattern), "".join(template)


def _folder(folder: str, group: str | None) -> str:
    if group is None:
        return _exactly(folder)
    return f"(?P<{group}>[^/]+)" + (r"\.db" if folder.endswith(".db") else "")


def _last(folders: Sequence[str], fits: Callable[[str], bool]) -> int | None:
    return next((place for place in range(len(folders) - 1, -1, -1) if fits(folders[place])), None)


def _rule(namespace: str, name: str, to_namespace: str, to_name: str) -> AliasRule | None:
    try:
        return alias_rule(namespace, name, to_namespace, to_name)
    except BadRequest:
        return None


def _exactly(text: str) -> str:
    """Return the pattern that only this text fits."""
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", text)


def _plain(text: str) -> str:
    """Return the template of this text as it is."""
    return text.replace("{", "{{").replace("}", "}}")


def _some(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more:,} more" if more > 0 else "")
