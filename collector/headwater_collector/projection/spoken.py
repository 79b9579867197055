"""What an event says of runs by the ids that lineage facets give with jobs: their data, and which feeds which."""

from collections.abc import Iterable
from typing import NamedTuple

from headwater_collector.projection.facts.access import Access
from headwater_collector.projection.facts.said import Said
from headwater_collector.projection.saying import Saying


class Act(NamedTuple):
    """A job as a source or target of lineage, and the run of it that is meant."""

    job: str
    run: str
    """Empty where none is known."""


def reads(saying: Saying, act: Act, datasets: Iterable[str]) -> None:
    """Note that a run which is not the event's own reads datasets, if one is meant."""
    if act.run not in ("", saying.run):
        said = _of(saying, act)
        said.own = sorted({*said.own, *datasets})
        for dataset in said.own:  # stated: it reaches the run as a whole, so that it feeds its outputs
            said.inputs.setdefault(dataset, Access(saying.token, saying.token, True))


def writes(saying: Saying, acts: Iterable[Act], dataset: str) -> None:
    """Note that those of the runs meant which are not the event's own write a dataset."""
    for act in acts:
        if act.run not in ("", saying.run):
            _of(saying, act).outputs.setdefault(dataset, Access(saying.token, saying.token, False))


def feed(saying: Saying, target: Act, sources: Iterable[Act]) -> None:
    """Note the runs that feed a run."""
    runs = {source.run for source in sources} - {"", target.run}
    if target.run and runs:
        saying.run_flows.setdefault(target.run, set()).update(runs)


def _of(saying: Saying, act: Act) -> Said:
    return saying.runs[act.run].spoken.setdefault(act.job, Said())
