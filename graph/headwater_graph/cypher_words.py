"""The words of a Cypher statement, and those that analysts may not use. Pure.

This is not a parser: it tells names from strings and comments, which is enough to see which functions and clauses
occur.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from headwater_graph.errors import QueryRefused

_TOKEN: Final = re.compile(
    r"""(?P<skip>\s+|//[^\n\r]*|/\*.*?\*/)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |`(?P<quoted>(?:[^`]|``)*)`
    |(?P<word>\$?[^\W\d]\w*)
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)

FUNCTIONS: Final = frozenset(
    re.findall(
        r"\w+",
        """
    abs acos allreduce any asin atan atan2 avg btrim ceil ceiling char_length character_length coalesce coll
    collect cos cosh cot coth count date datetime degrees duration e element_id elementid endnode exists exp
    floor haversin head id isempty isnan keys labels last left length localdatetime localtime log log10 lower
    ltrim max min nodes none normalize nullif percentilecont percentiledisc percentile_cont percentile_disc pi
    point properties radians rand randomuuid range reduce relationships replace reverse right round rtrim
    shortestpath sign sin single sinh size split sqrt startnode stdev stdevp stdev_pop stdev_samp substring sum
    tail tan tanh time timestamp toboolean tobooleanlist tobooleanornull tofloat tofloatlist tofloatornull
    tointeger tointegerlist tointegerornull tolower tostring tostringlist tostringornull toupper trim type
    upper valuetype vector vector_dimension_count vector_distance vector_norm all
    """,
    )
)
"""Functions without a namespace that may be used; those of plug-ins always have one."""

NAMESPACES: Final = frozenset({"date", "datetime", "duration", "localdatetime", "localtime", "point", "time", "vector"})
"""Namespaces of built-in functions that may be used."""

_BEFORE_PARENTHESIS: Final = frozenset(
    re.findall(
        r"\w+",
        """
    acyclic all and any as asc ascending by call case contains count create delete desc descending detach
    distinct else end ends exists filter finish foreach group in insert is let limit match merge next not null
    nulls of offset on optional or order path paths remove repeatable return search set shortest skip starts
    then trail union unwind using walk when where with xor yield for different relationships elements typed
    """,
    )
)
_CLAUSES: Final = {
    "show": "SHOW looks at the server, not at the graph",
    "use": "USE leaves Headwater's graph",
    "terminate": "TERMINATE acts on the server",
    "alter": "ALTER changes the server",
    "grant": "GRANT changes the server",
    "deny": "DENY changes the server",
    "revoke": "REVOKE changes the server",
    "profile": "PROFILE runs the statement; EXPLAIN shows its plan",
    "load": "LOAD CSV reads files and addresses",
}
_CLAUSE_MAY_FOLLOW: Final = frozenset({"", "{", ";", "union", "all", "distinct", "explain", "cypher"})


@dataclass(frozen=True, slots=True)
class Words:
    """What the words of a statement tell."""

    explain: bool
    """It begins with EXPLAIN."""


def checked(text: str) -> Words:
    """Return what the words of an analyst's statement tell; raise `QueryRefused` for one that may not be used."""
    if "\\u" in text or "\\U" in text:
        raise QueryRefused("Unicode escapes can hide words; write the character itself, or pass a parameter.")
    words = list(tokens(text))
    if not words:
        raise QueryRefused("The query is empty.")
    _check_clauses(words)
    for name in calls(words):
        _check_call(name)
    return Words(explain=_first_clause(words) == "explain")


def tokens(text: str) -> Iterator[str]:
    """Yield names, keywords and signs in lower case, quoted names with a back-tick before them, strings as ``''``."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "string":
            yield "''"
        elif kind == "quoted":
            yield "`" + match["quoted"].replace("``", "`").lower()
        elif kind != "skip":
            yield match[0].lower()


def _first_clause(words: Sequence[str]) -> str:
    return next((word for word in words if word not in {"cypher", ";", "=", "."} and not word.isdigit()), "")


def _check_clauses(words: Sequence[str]) -> None:
    for at, word in enumerate(words):
        before = words[at - 1] if at else ""
        after = words[at + 1] if at + 1 < len(words) else ""
        if word == "allshortestpaths":
            raise QueryRefused("allShortestPaths is refused: it ignores time limits; use shortestPath or SHORTEST k.")
        if word == "load" and after == "csv":
            raise QueryRefused(f"{_CLAUSES['load']}; that is refused here.")
        if word in _CLAUSES and (before in _CLAUSE_MAY_FOLLOW or before.isdigit()) and after[:1] not in {"(", ":", "="}:
            raise QueryRefused(f"{_CLAUSES[word]}; that is refused here.")


def calls(words: Sequence[str]) -> Iterator[str]:
    """Yield the names before an opening parenthesis with their namespaces; keywords may be among them."""
    for at, word in enumerate(words):
        if word != "(" or at == 0 or not _is_name(words[at - 1]):
            continue
        start = at - 1
        while start >= 2 and words[start - 1] == "." and _is_name(words[start - 2]):
            start -= 2
        if start and words[start - 1] in {":", "|", "&", "!"}:
            continue  # a label or type
        yield ".".join(words[start:at:2])


def _is_name(word: str) -> bool:
    return word[0] == "`" or word[0] == "_" or word[0].isalpha()


def _check_call(name: str) -> None:
    if name in _BEFORE_PARENTHESIS or name in FUNCTIONS:
        return
    plain = name.replace("`", "")
    namespace, _, rest = plain.partition(".")
    if plain in FUNCTIONS or (rest and namespace in NAMESPACES):
        return
    if rest and plain.startswith(("db.", "dbms.")):
        return  # a procedure: its name is checked in the plan; the functions of these namespaces need no CALL
    raise QueryRefused(f"The function {plain} is not on the list of functions that may be used here.")
