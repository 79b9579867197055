"""Tags of runs, jobs, datasets and columns: shared nodes."""

from headwater_graph.keys import column_key, key

from tests.reference.graph import Graph
from tests.reference.reading import Facet, text
from tests.reference.registers import compact
from tests.reference.statements import Name, elements


def add_tags(graph: Graph, owner: str, content: Facet | None, dataset: Name | None = None) -> None:
    """Add what a tags facet says of its owner, or of the columns of a dataset."""
    for said in elements(content, "tags"):
        name, value = text(said.get("key")), _value(said.get("value"))
        if name is None:
            continue
        tag = key("tag", name, value or "")
        graph.add_node(tag, tag=f"{name}={value}" if value else name, name=name, value=value)
        column = text(said.get("field")) if dataset else None
        tagged = column_key(*dataset, column) if dataset and column else owner
        graph.add_edge("TAGGED", tagged, tag, source=text(said.get("source")))


def tagged_columns(content: Facet) -> set[str]:
    """Return the columns that a tags facet of a dataset names."""
    return {field for said in elements(content, "tags") if text(said.get("key")) and (field := text(said.get("field")))}


def _value(said: object) -> str | None:
    if said is None or isinstance(said, str | list | dict):
        return text(said)
    return compact(said)
