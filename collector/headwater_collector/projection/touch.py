"""What one run does with each dataset that it reads or writes, and when that counts."""

from dataclasses import dataclass

from headwater_collector.projection.facts import COMPLETE, RunFacts, Said, kept_with_facts
from headwater_collector.projection.structure import structure


@dataclass(frozen=True, slots=True)
class Touch:
    """What one run does with one dataset."""

    at: str
    reads: tuple[str, ...] | None
    """Versions that it reads by name; empty for a read without a version, None for no read."""
    writes: tuple[str, ...] | None
    written_at: str
    ok: bool
    carries: str = ""
    """The evidence that what was there before the write is still there; empty for none."""


def touches(run: RunFacts | None) -> dict[str, Touch]:
    """Return what the run does with each dataset that it reads or writes."""
    return _touches(run) if run else {}


@kept_with_facts
def _touches(run: RunFacts) -> dict[str, Touch]:
    whole = run.whole()
    read = {dataset for _, dataset in structure(whole).reads}
    return {dataset: _touch(run, whole, dataset, dataset in read) for dataset in sorted({*read, *whole.outputs})}


def _touch(run: RunFacts, whole: Said, dataset: str, reads: bool) -> Touch:
    output = whole.outputs.get(dataset)
    named = tuple(whole.inputs[dataset].versions) if reads else None
    if output is None:
        return Touch(run.at, named, None, "", True)
    ok = run.state <= COMPLETE
    written_at = _written_at(run, output.first[:30])
    return Touch(run.at, named, tuple(output.versions), written_at, ok, output.carries() if ok else "")


def _written_at(run: RunFacts, first_named: str) -> str:
    """Return when a write counts: at the end of a complete run, else when it was first named."""
    job_type = run.registers.get("job:jobType")
    streams = bool(job_type and job_type[1] and job_type[1][2].upper() == "STREAMING")
    return run.ended if run.state == COMPLETE and not streams else first_named
