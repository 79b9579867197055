"""What the statements of a run leave of the one table that they write."""

from headwater_collector.event import Event

from tests.reference.lineage import outputs_of
from tests.reference.reading import facet, is_deleted, token
from tests.reference.registers import is_malformed

ALWAYS = (None,)
BUT_FOR_OVERWRITE = (None, "OVERWRITE")


def left_by(events: list[Event], dataset: str) -> tuple[str | None, ...]:
    """Return the changes of a table that, said with the last statement, leave the rest of it; none if nothing is."""
    said = {
        token(event): content["query"]
        for event in events
        if outputs_of(event) == {dataset}
        and (content := facet(event.body["job"], "sql")) is not None
        and not is_deleted(content)
        and not is_malformed("sql", content)
    }
    return _left(said[max(said)].upper()) if said else ()


def _left(query: str) -> tuple[str | None, ...]:
    statement = _uncommented(query).rstrip("; \n")
    words = statement.replace("(", " ( ").replace("=", " = ").replace(" LOCAL ", " ").replace(" TABLE ", " ").split()
    if ";" in statement:
        return ()
    match words:
        case ["INSERT", "INTO", _, *_] | ["MERGE" | "UPDATE", _, *_] | ["LOAD", "DATA", "INPATH", _, "INTO", *_]:
            return ALWAYS
        case ["DELETE", "FROM", _, *rest] if _has_condition(rest):
            return ALWAYS
        case ["INSERT", "OVERWRITE", _, "PARTITION", "(", _, "=", *_]:
            return BUT_FOR_OVERWRITE
    return ()


def _has_condition(words: list[str]) -> bool:
    alias, _, condition = " ".join(words).partition("WHERE ")
    named = alias.removeprefix("AS ").strip()
    return condition not in ("", "TRUE", "1 = 1") and (not named or named.isidentifier())


def _uncommented(query: str) -> str:
    query = query.lstrip()
    for opening, closing in (("/*", "*/"), ("--", "\n")):
        if query.startswith(opening):
            return _uncommented(query.partition(closing)[2])
    return query
