"""What stands for itself in a run: all of it, or each job's share if several jobs end in it.

Dagster sends all assets and checks of one run under one run id. There the state, the times, the reads and the writes
are each job's own. Nothing that a job wrote is read by what it was made of: a job sees what others wrote strictly
before the time from which on its own writes count.
"""

from dataclasses import dataclass

from headwater_collector.projection.facts.kept import kept_with_facts
from headwater_collector.projection.facts.register import Register
from headwater_collector.projection.facts.run import WHOLE, RunFacts
from headwater_collector.projection.facts.said import Said, united
from headwater_collector.projection.facts.share import Share
from headwater_collector.projection.structure import Structure, structure


@dataclass(frozen=True, slots=True)
class Portion:
    """All of a run, or one job's share of it."""

    said: Said
    state: int
    at: str
    ended: str
    streams: bool
    until: str
    """A share sees what other jobs wrote in the run strictly before then; empty for all of a run."""


@kept_with_facts
def portions(run: RunFacts) -> dict[str, Portion]:
    """Return the shares of a run by job, or all of it by `WHOLE` if jobs do not share it."""
    if run.is_shared():
        return {job: _of_job(run, job) for job in sorted({*run.shares, *run.spoken})}
    return {WHOLE: Portion(run.whole(), run.state, run.began(), run.ended, _streams(run.of_job.get("jobType")), "")}


def _of_job(run: RunFacts, job: str) -> Portion:
    if job not in run.shares:  # only others say that it has one
        return Portion(run.spoken[job], -1, run.at, "", False, run.at)
    said = united([run.said[job], run.spoken[job]]) if job in run.spoken else run.said[job]
    return _of_share(said, run.shares[job])


def _of_share(said: Said, share: Share) -> Portion:
    streams = _streams(share.kind)
    until = share.at if streams else share.ended or share.at
    return Portion(said, share.state, share.at, share.ended, streams, until)


def _streams(kind: Register | None) -> bool:
    return bool(kind and kind[1] and kind[1][2].upper() == "STREAMING")


@kept_with_facts
def structures(run: RunFacts) -> dict[str, Structure]:
    """Return the structure of each portion; where several name datasets, nothing but steps writes."""
    found = {part: structure(portion.said) for part, portion in portions(run).items()}
    if len(found) == 1 or sum(1 for each in found.values() if each.reads or each.writes) < 2:
        return found
    return {part: each.in_steps() for part, each in found.items()}
