"""What runs measured and checked: assertions and measures of the data, and tests."""

from collections.abc import Iterator

from headwater_collector.event import Event
from headwater_graph.keys import column_key, key

from tests.reference.graph import Graph
from tests.reference.reading import (
    Facet,
    Mention,
    entries,
    facet,
    is_deleted,
    is_number,
    items,
    mentions,
    run_name,
    text,
    texts,
)
from tests.reference.registers import is_malformed
from tests.reference.versions import Part, Timeline

ASSERTIONS, METRICS = "dataQualityAssertions", "dataQualityMetrics"
EXPECTATIONS = "greatExpectations_assertions"


def add_checks(graph: Graph, run: str, events: list[Event], timeline: Timeline) -> None:
    """Add what a run says of the data that it read and wrote; of one check, what was said last counts."""
    run_id = run_name(events[0].body["run"]["runId"])
    for name, read in ((ASSERTIONS, _assertions), (EXPECTATIONS, _expectations)):
        checks = {
            (mention.key, check["assertion"], text(check.get("column"))): (mention, check, part)
            for mention, content, part in _latest(run, name, timeline)
            for check in read(content)
        }
        for mention, check, part in checks.values():
            _add_assertion(graph, run, run_id, mention, check, _versions(part, mention, timeline))
    metrics = {
        (mention.key, column, name): (mention, value, part)
        for mention, content, part in _latest(run, METRICS, timeline)
        for column, name, value in measures(content)
    }
    for (dataset, column, name), (mention, value, part) in metrics.items():
        metric = key("metric", run, dataset, column, name)
        graph.add_node(metric, name=name, value=value, column=column)
        graph.add_edge("MEASURED", run, metric)
        for version in _versions(part, mention, timeline):
            graph.add_edge("DESCRIBES", metric, version)


def _latest(run: str, name: str, timeline: Timeline) -> list[tuple[Mention, Facet, Part]]:
    """Return what each share of the run says last of each dataset, with where it is said, in order."""
    found = []
    for part in timeline.parts_of(run):
        every = [m for event in timeline.said[part] for m in mentions(event)]
        said = [(m, content, part) for m in every if (content := _in(m, name)) is not None]
        found += [
            max((one for one in said if one[0].key == dataset), key=lambda one: one[0].token)
            for dataset in {m.key for m, _, _ in said}
        ]
    return sorted(found, key=lambda one: one[0].token)


def _in(mention: Mention, name: str) -> Facet | None:
    if mention.role == "input":
        content = facet(mention.body, name, "inputFacets")
        if content is not None and not is_malformed(name, content) and not is_deleted(content):
            return content
    content = facet(mention.body, name) if name != EXPECTATIONS else None
    if content is None:
        return None
    if is_deleted(content):
        return {}
    return None if is_malformed(name, content) else content


def _versions(part: Part, mention: Mention, timeline: Timeline) -> set[str]:
    if mention.role == "input":
        return {bound.version for bound in timeline.bound_of(part, mention.key)}
    return timeline.written_by([part], mention.key)


def _assertions(content: Facet) -> list[Facet]:
    known = map(entries, items(content.get("assertions")))
    return [check for check in known if text(check.get("assertion")) and isinstance(check.get("success"), bool)]


def _expectations(content: Facet) -> list[Facet]:
    known = [entries(one) for one in items(content.get("assertions"))]
    return _assertions({"assertions": [{**one, "assertion": one.get("expectationType")} for one in known]})


def _add_assertion(graph: Graph, run: str, run_id: str, mention: Mention, check: Facet, versions: set[str]) -> None:
    column = text(check.get("column"))
    assertion = key("assertion", run, mention.key, check["assertion"], column or "")
    graph.add_node(
        assertion,
        name=check["assertion"],
        column=column,
        success=check["success"],
        runId=run_id,
        **texts(check, "severity", "expected", "actual"),
    )
    graph.add_edge("REPORTED", run, assertion)
    if column:
        graph.add_edge("ABOUT", assertion, column_key(mention.namespace, mention.name, column))
    for version in versions:
        graph.add_edge("CHECKED", assertion, version)


def checked_columns(mention: Mention) -> set[str]:
    """Return the columns that the assertions of a mention are about, whether or not others replace them."""
    places = ("inputFacets", "facets") if mention.role == "input" else ("facets",)
    said = [content for place in places if (content := facet(mention.body, ASSERTIONS, place)) is not None]
    known = [check for content in said if not is_malformed(ASSERTIONS, content) for check in _assertions(content)]
    tested = facet(mention.body, EXPECTATIONS, "inputFacets") if mention.role == "input" else None
    if tested is not None and not is_malformed(EXPECTATIONS, tested):
        known += _expectations(tested)
    return {column for check in known if (column := text(check.get("column")))}


def measures(content: Facet) -> Iterator[tuple[str, str, float]]:
    """Yield column (empty for the dataset), name and value of what a dataQualityMetrics facet measured."""
    yield from _numbers("", content, ("rowCount", "bytes", "fileCount"))
    for column, said in entries(content.get("columnMetrics")).items():
        if column:
            yield from _numbers(column, entries(said), ("nullCount", "distinctCount", "sum", "count", "min", "max"))
            for quantile, value in entries(entries(said).get("quantiles")).items():
                if quantile and is_number(value):
                    yield column, f"quantile:{quantile}", float(value)


def _numbers(column: str, said: Facet, names: tuple[str, ...]) -> Iterator[tuple[str, str, float]]:
    yield from ((column, name, float(said[name])) for name in names if is_number(said.get(name)))
