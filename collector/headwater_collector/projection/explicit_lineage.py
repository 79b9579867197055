"""What lineage facets say of datasets and jobs: what a job reads and writes, and what flows between others."""

from collections.abc import Mapping
from typing import Any

from headwater_graph.keys import dataset_key, key

from headwater_collector.projection import spoken
from headwater_collector.projection.columns import EMPTY, Shape, lineage_shape_of
from headwater_collector.projection.facts.access import Access
from headwater_collector.projection.facts.columns import ColumnFacts
from headwater_collector.projection.facts.said import Said
from headwater_collector.projection.lineage_facet import OWN, Name, job_name, jobs_of, named, run_id, sources
from headwater_collector.projection.relatives import name_job, name_run
from headwater_collector.projection.saying import Saying, is_deleted, listed, name_dataset, take
from headwater_collector.projection.spoken import Act
from headwater_collector.projection.values import JSON


def take_output(saying: Saying, said: Said, output: Name, facet: Any) -> bool:
    """Take in what the lineage facet of an output says; return whether it can be read."""
    if is_deleted(facet):
        saying.spoken()
        return True
    found = None if facet is None else take(saying, "lineage", sources, facet)
    if found is not None:
        saying.spoken()
        _of_dataset(saying, said, output, found)
        take_columns(saying, output, facet)
    return found is not None


def take_job(saying: Saying, said: Said, own: Name, facet: Any) -> None:
    """Take in the lineage facet of the event's job."""
    if facet is None:
        return
    entries = facet.get("entries")
    if is_deleted(facet) or isinstance(entries, list | None):
        saying.spoken()
    for entry in () if is_deleted(facet) else listed(entries):
        if isinstance(entry, dict) and not is_deleted(entry):
            _entry(saying, said, own, entry)


def _entry(saying: Saying, said: Said, own: Name, entry: Mapping[str, Any]) -> None:
    kind = entry.get("type")
    target = named(entry) if kind == "DATASET" else job_name(entry) if kind == "JOB" else None
    found = take(saying, "lineage", sources, entry) if target else None
    if not target or found is None:
        return
    if kind == "JOB":
        _of_job(saying, said, _act(saying, *(own if target == OWN else target), run_id(entry)), found)
    else:
        _of_dataset(saying, said, target, found)
        take_columns(saying, target, entry)


def _of_dataset(saying: Saying, said: Said, target: Name, found: JSON) -> None:
    """Take in what feeds a dataset: by the event's job, unless only other jobs are named."""
    name, inputs, acts = name_dataset(saying, *target), _datasets(saying, found), _acts(saying, found)
    jobs = {act.job for act in acts}
    said.lineage[name] = sorted({*said.lineage.get(name, ()), *inputs})
    if (inputs or not jobs or saying.job in jobs) and name not in said.outputs:
        said.outputs[name] = Access(saying.token, saying.token, False)
    saying.flows_to(name, jobs - {saying.job})
    spoken.writes(saying, acts, name)


def _of_job(saying: Saying, said: Said, target: Act, found: JSON) -> None:
    """Take in what feeds a job: its own inputs, if it is the event's, else flows; and what feeds the run meant."""
    inputs, acts = _datasets(saying, found), _acts(saying, found)
    if target.job == saying.job:
        said.own = sorted({*said.own, *inputs})
    else:
        saying.flows_to(target.job, inputs)
    saying.flows_to(target.job, {act.job for act in acts} - {target.job})
    spoken.reads(saying, target, inputs)
    spoken.feed(saying, target, acts)


def _datasets(saying: Saying, found: JSON) -> set[str]:
    return {name_dataset(saying, *each) for each in found[0]}


def _acts(saying: Saying, found: JSON) -> set[Act]:
    return {_act(saying, *each) for each in found[1]}


def _act(saying: Saying, namespace: str, name: str, run: str) -> Act:
    """Note that a job, and its run if one is said, are named; the event's own job means the event's run."""
    if (namespace, name) == OWN:
        facts = saying.jobs[saying.job]
        namespace, name = facts.namespace, facts.name
    job = name_job(saying, namespace, name)
    if run:
        return Act(job, name_run(saying, run, namespace, name))
    return Act(job, saying.run if job == saying.job else "")


def name_sources(saying: Saying, dataset: str, found: JSON) -> None:
    """Note the datasets and jobs that a DatasetEvent says its dataset to come from."""
    _datasets(saying, found)
    spoken.writes(saying, [_act(saying, *each) for each in jobs_of(found)], dataset)


def take_columns(saying: Saying, output: Name, entry: Mapping[str, Any]) -> None:
    """Take in the columns that a well-formed lineage facet, or an entry of one, says an output derives from."""
    shape = lineage_shape_of(entry)
    if shape is not EMPTY:
        name = key("lineage columns", saying.job, dataset_key(*output))
        take_shape(saying, name, shape, saying.token, ColumnFacts(saying.job, *output, adds_up=True))


def take_shape(saying: Saying, name: str, shape: Shape, token: str, facts: ColumnFacts) -> None:
    """Take in the content of a facet that tells of columns."""
    saying.shapes[shape.digest] = shape.text
    facts.shapes[shape.digest] = [token, token]
    if name in saying.columns:
        saying.columns[name].merge(facts)
    else:
        saying.columns[name] = facts
