"""Tests that runs report, as dbt and pytest do."""

from headwater_graph.keys import key

from tests.reference.graph import Graph
from tests.reference.reading import Facet, text, texts
from tests.reference.statements import elements

PASSED = {"pass", "passed", "success", "succeeded", "ok", "true"}


def add_tests(graph: Graph, run: str, run_id: str, content: Facet | None) -> None:
    """Add the outcomes of the tests that a run reports."""
    for said in elements(content, "tests"):
        name, status = text(said.get("name")), said.get("status")
        if name and isinstance(status, str):
            test = key("assertion", run, "test", name)
            more = texts(said, "severity", "expected", "actual", "type")
            success = status.lower() in PASSED
            graph.add_node(test, name=name, status=status, success=success, runId=run_id, **more)
            graph.add_edge("REPORTED", run, test)
