"""From what a person types to the node that is meant.

Tried in this order; the first that finds anything decides, and more than one node is an error that lists them: a
key; namespace and name joined by ``/`` or ``:``; a whole name; ``name@version`` and ``name#column``; a run id or its
beginning; an end of a name that begins after ``/``, ``.`` or ``:``, first in this spelling, then in any case;
``name.column``. A kind and a colon before it (``job:``, ``dataset:``, ``run:``, ``version:``, ``column:``) narrows what
is looked for.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from typing import Any, Final

from headwater_graph.keys import column_key, dataset_key, is_whole, job_key, key, kind_of
from headwater_graph.queries import OPEN_END, Queries, ending, like, near, phrase

from headwater_collector.answers import node
from headwater_collector.answers.alias_names import AliasNames
from headwater_collector.errors import BadRequest, NotFound

KINDS: Final = ("dataset", "job", "run", "version", "column")

_MOST: Final = 20
_MOST_NAME: Final = 10_000
_SUGGESTIONS: Final = 5
_LONGEST_SEARCH: Final = 200
_SEPARATORS: Final = "/:|"
_RUN_ID: Final = re.compile("[0-9a-fA-F][0-9a-fA-F-]{3,35}")
_UUID: Final = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Thing:
    """A node that a name means."""

    key: str
    labels: tuple[str, ...]
    properties: dict[str, Any]

    @property
    def kind(self) -> str:
        """Return the kind of its key."""
        return kind_of(self.key)

    @property
    def path(self) -> str:
        """Return namespace and name joined by a slash, for what has them."""
        return f"{self.properties.get('namespace', '')}/{self.properties.get('name', '')}"

    def as_json(self) -> dict[str, Any]:
        """Return the node as the API shows it."""
        return node.of_properties(self.key, self.labels, self.properties)


def find(queries: Queries, text: str, kinds: tuple[str, ...] = KINDS) -> Thing:
    """Return the node that the text means.

    Raises `BadRequest` where it means several, and lists them; `NotFound` where it means none, with near names.
    """
    if not text.strip():
        raise BadRequest("The name is empty; give the name of a dataset, job, run, version or column.")
    if len(text) > _MOST_NAME:
        raise BadRequest(f"The name is longer than {_MOST_NAME:,} characters; give its key instead.")
    prefix, _, rest = text.partition(":")
    if prefix in kinds and rest:
        found = _look(queries, rest, (prefix,)) or _look(queries, text, kinds)
    else:
        found = _look(queries, text, kinds)
    if len(found) == 1:
        return found[0]
    raise _several(text, found) if found else _none(queries, text)


def _look(queries: Queries, text: str, kinds: tuple[str, ...]) -> list[Thing]:
    stages: tuple[Callable[[Queries, str, tuple[str, ...]], list[Thing]], ...] = (
        _by_key,
        _by_names,
        _by_whole_name,
        _by_version,
        _by_column,
        _by_run_id,
        _by_end,
        _by_dotted_column,
    )
    for stage in stages:
        found = [thing for thing in stage(queries, text, kinds) if thing.kind in kinds]
        if found:
            return found
    return []


def _things(rows: dict[str, Any]) -> list[Thing]:
    # A map projection in Cypher has a null for what a node lacks.
    return [
        Thing(key, tuple(labels), {name: value for name, value in properties.items() if value is not None})
        for key, labels, properties in rows["found"]
    ]


def _by_key(queries: Queries, text: str, kinds: tuple[str, ...]) -> list[Thing]:
    return _things(queries.read("by_keys", keys=[text])) if kind_of(text) in kinds and "|" in text else []


def _by_names(queries: Queries, text: str, kinds: tuple[str, ...]) -> list[Thing]:
    found = list(pairs(text))
    keys = [dataset_key(*pair) for pair in found] if "dataset" in kinds else []
    keys += [job_key(*pair) for pair in found] if "job" in kinds else []
    return _things(queries.read("by_keys", keys=keys)) if keys else []


def pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the ways to take a text as namespace and name; a name may begin with the slash that parts them."""
    for match in list(re.finditer(f"[{_SEPARATORS}]", text))[:64]:
        at = match.start()
        if at and at + 1 < len(text):
            yield text[:at], text[at + 1 :]
        if at and match[0] == "/":
            yield text[:at], text[at:]


def _by_whole_name(queries: Queries, text: str, kinds: tuple[str, ...]) -> list[Thing]:
    if "dataset" not in kinds and "job" not in kinds:
        return []
    found = _things(queries.read("by_name", query=phrase(text), text=text.lower(), limit=_MOST))
    return [thing for thing in found if thing.properties.get("name") == text]


def _by_end(queries: Queries, text: str, kinds: tuple[str, ...]) -> list[Thing]:
    query = ending(text)
    if query is None or ("dataset" not in kinds and "job" not in kinds):
        return []
    found = _things(queries.read("by_name", query=query, text=text.lower(), limit=_MOST))
    found = [thing for thing in found if thing.kind in kinds]
    return [thing for thing in found if thing.path.endswith(text)] or found


def _by_version(queries: Queries, text: str, kinds: tuple[str, ...]) -> list[Thing]:
    name, at, wanted = text.rpartition("@")
    if "version" not in kinds or not at or not name or not wanted:
        return []
    dataset = _one_dataset(queries, name)
    if dataset is None:
        return []
    if wanted in {"latest", "newest"}:
        return _things(queries.read("by_keys", keys=newest_version(queries, dataset.key, OPEN_END)))
    exact = key("version", dataset.properties["namespace"], dataset.properties["name"], "v", wanted)
    found = _things(queries.read("by_keys", keys=[exact]))
    if found:
        return found
    found = _things(queries.read("versions_named", dataset=dataset.key, text=wanted.removeprefix("run:"), limit=_MOST))
    if not found:
        raise NotFound(f"{name} has no version {wanted}. {name}@latest is the newest one; /versions lists all.")
    return [thing for thing in found if thing.properties.get("version") == wanted] or found


def _one_dataset(queries: Queries, name: str) -> Thing | None:
    """Return the dataset before an @ or a #, None if there is none; raises `BadRequest` where it may be several."""
    datasets = _look(queries, name.removeprefix("dataset:"), ("dataset",))
    if len(datasets) > 1:
        raise _several(name, datasets)
    return datasets[0] if datasets else None


def _by_column(queries: Queries, text: str, kinds: tuple[str, ...]) -> list[Thing]:
    name, at, field = text.rpartition("#")
    if "column" not in kinds or not at or not name or not field:
        return []
    dataset = _one_dataset(queries, name)
    if dataset is None:
        return []
    found = _column(queries, dataset, field)
    if not found:
        raise _no_column(queries, dataset, name, field)
    return found


def _by_dotted_column(queries: Queries, text: str, kinds: tuple[str, ...]) -> list[Thing]:
    name, _, field = text.rpartition(".")
    if "column" not in kinds or not name or not field:
        return []
    return [column for dataset in _look(queries, name, ("dataset",)) for column in _column(queries, dataset, field)]


def _column(queries: Queries, dataset: Thing, field: str) -> list[Thing]:
    """Return the column of a dataset, or if only other names of the dataset have it, that of the first of these."""
    names = dataset.properties
    own = _things(queries.read("by_keys", keys=[column_key(names["namespace"], names["name"], field)]))
    if own:
        return own
    aliases = AliasNames()
    aliases.meet(queries, [dataset.key])
    found = _things(queries.read("by_keys", keys=column_keys(aliases.of(dataset.key), field)))
    return sorted(found, key=lambda column: column.key)[:1]


def column_keys(datasets: Iterable[str], field: str) -> list[str]:
    """Return the keys of the columns of a field that datasets may have, of those whose keys hold their names."""
    return [column_key(*node.names_in(dataset), field) for dataset in datasets if is_whole(dataset)]


def _no_column(queries: Queries, dataset: Thing, name: str, field: str) -> NotFound:
    keys = queries.read("columns_of", datasets=[dataset.key])["found"]
    named = {column.properties["field"] for column in _things(queries.read("by_keys", keys=sorted(keys)[:_MOST]))}
    hint = f" It names {', '.join(sorted(named - {'*'}))}." if named - {"*"} else ""
    return NotFound(f"No column lineage names the column {field} of {name}.{hint}")


def _by_run_id(queries: Queries, text: str, kinds: tuple[str, ...]) -> list[Thing]:
    if "run" not in kinds or (kinds != ("run",) and not _RUN_ID.fullmatch(text)):
        return []
    lower = text.lower()
    if _UUID.fullmatch(lower):
        return _things(queries.read("by_keys", keys=[f"run|{lower}"]))
    prefix = lower if _RUN_ID.fullmatch(text) else text
    found = _things(queries.read("runs_by_id", prefix=prefix, limit=_MOST))
    return [thing for thing in found if thing.properties.get("runId") == prefix] or found


def _several(text: str, found: list[Thing]) -> BadRequest:
    listed = "\n".join(f"  {thing.key}" for thing in found[:_MOST])
    more = "\n  ... and perhaps more" if len(found) >= _MOST else ""
    return BadRequest(f"'{text}' can mean several things; give one of these keys:\n{listed}{more}")


def _none(queries: Queries, text: str) -> NotFound:
    names = suggestions(queries, text)
    hint = "Did you mean " + ", ".join(names) + "?" if names else "Search for a part of it to see what there is."
    return NotFound(f"Nothing is called '{text}'. {hint}")


def suggestions(queries: Queries, text: str) -> list[str]:
    """Return names near to a text that names nothing, nearest first."""
    query = near(text[:_LONGEST_SEARCH])
    if query is None:
        return []
    rows = queries.read("search", query=query, limit=50)["found"]
    names = {row[3] for row in rows}
    last = re.split(r"[/.:]", text)[-1].lower()

    def likeness(name: str) -> float:
        tail = re.split(r"[/.:]", name)[-1].lower()
        whole = SequenceMatcher(None, text.lower(), name[:500].lower()).ratio()
        return max(whole, SequenceMatcher(None, last, tail[:500]).ratio())

    return sorted(names, key=lambda name: (-likeness(name), name))[:_SUGGESTIONS]


def search(queries: Queries, text: str, limit: int) -> list[dict[str, Any]]:
    """Return the datasets and jobs whose names hold the words of a text, or near ones, best first."""
    query = like(text[:_LONGEST_SEARCH])
    if query is None:
        return []
    rows = queries.read("search", query=query, limit=limit)["found"]
    return [
        node.of_properties(key, labels, {"namespace": namespace, "name": name, "type": type_}) | {"score": score}
        for key, labels, namespace, name, type_, score in rows
    ]


def newest_version(queries: Queries, dataset: str, as_of: datetime) -> list[str]:
    """Return the key of the newest version of a dataset that was written by then, in a list; or an empty one."""
    keys: list[str] = queries.read("newest_version", dataset=dataset, asOf=as_of)["found"]
    return keys
