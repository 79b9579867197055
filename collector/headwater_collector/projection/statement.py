"""What a SQL statement replaces of the table that it writes; whatever it does not lives on in the new version. Pure."""

import re
from typing import Final

ROWS: Final = "ROWS"
"""Rows are added, changed or taken away; all others stay."""
PARTITION: Final = "PARTITION"
"""One partition is written anew, or some; all others stay."""

_BEFORE: Final = r"(?>\s|--[^\n]*|/\*(?s:.*?)\*/)*+"
_LOAD: Final = r"LOAD\s+DATA\s+(?:LOCAL\s+)?IN(?:PATH|FILE)\s+(?:'[^']*'|\"[^\"]*\")\s+INTO\s"
_DELETE: Final = r"DELETE\s+FROM\s+\S+(?:\s+(?:AS\s+)?\w+)?\s+WHERE\s+(?!(?:TRUE|1\s*=\s*1)\s*\Z)"
_ROWS: Final = re.compile(rf"{_BEFORE}(?:INSERT\s+INTO\s|MERGE\s|UPDATE\s|{_DELETE}|{_LOAD})", re.IGNORECASE)
_PARTITION: Final = re.compile(
    rf"{_BEFORE}INSERT\s+OVERWRITE\s+(?:TABLE\s+)?[^\s(]+\s*PARTITION\s*\([^)=]*=", re.IGNORECASE
)


def replaced(query: str) -> str:
    """Return `ROWS` or `PARTITION` where that is all that the statement replaces; empty where it may be everything.

    Only what is certain counts: a single statement, known by its first words. A DELETE without a condition leaves
    nothing, several statements may be a TRUNCATE and an INSERT, and a partition without a value may be any.
    """
    statement = query.rstrip("; \t\r\n")
    if ";" in statement:
        return ""
    if _ROWS.match(statement):
        return ROWS
    return PARTITION if _PARTITION.match(statement) else ""
