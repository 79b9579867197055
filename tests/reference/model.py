"""The reference model: from the set of all events straight to the nodes and edges that the laws ask for.

Brute force and obvious. It shares no code with the projector; it imports of the product only how keys are written, the
vocabulary and the parsed event.
"""

from collections.abc import Iterable

from headwater_collector.event import Event

from tests.reference.accesses import add_stated
from tests.reference.columns import add_columns
from tests.reference.dependencies import add_job_dependencies
from tests.reference.design import add_design
from tests.reference.entities import add_datasets, add_jobs
from tests.reference.flow import add_flow
from tests.reference.flows import add_flows
from tests.reference.graph import Graph
from tests.reference.rules import Rule, add_rule_links
from tests.reference.runs import add_runs, runs_by_key
from tests.reference.spoken import spoken_of


def expected_graph(events: Iterable[Event], rules: Iterable[Rule] = ()) -> Graph:
    """Return the graph that a set of events must become, whatever their order and however often each one came.

    `rules` are the operators' alias rules that stand.
    """
    known = sorted({event.id: event for event in events}.values(), key=lambda event: event.id)
    runs, spoken, graph = runs_by_key(known), spoken_of(known), Graph()
    add_datasets(graph, known)
    add_rule_links(graph, rules)
    add_jobs(graph, known)
    add_job_dependencies(graph, known)
    add_runs(graph, known, runs, spoken)
    add_columns(graph, known)
    add_flow(graph, known, runs, spoken)
    add_design(graph, known, runs)
    add_flows(graph, known)
    add_stated(graph, known)
    return graph
