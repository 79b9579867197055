"""What one run does with each dataset that it reads or writes, and when that counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from headwater_collector.projection.facts.kept import kept_with_facts
from headwater_collector.projection.facts.run import COMPLETE, RunFacts
from headwater_collector.projection.portions import Portion, portions, structures


@dataclass(frozen=True, slots=True)
class Touch:
    """What one run, or one job's share of it, does with one dataset."""

    part: str
    """The job, or `WHOLE`."""
    at: str
    until: str
    """Where it reads without a version in a run that jobs share: it sees what others wrote there before then, too."""
    reads: tuple[str, ...] | None
    """Versions that it reads by name; empty for a read without a version, None for no read."""
    writes: tuple[str, ...] | None
    written_at: str
    ok: bool
    carries: str = ""
    """The evidence that what was there before the write is still there; empty for none."""


Touches = tuple[Touch, ...]
"""What the shares of a run do with one dataset; of a run that jobs do not share there is one."""


def touches(run: RunFacts | None) -> dict[str, Touches]:
    """Return what the run does with each dataset that it reads or writes."""
    return _touches(run) if run else {}


@kept_with_facts
def _touches(run: RunFacts) -> dict[str, Touches]:
    found: dict[str, Touches] = {}
    wires = structures(run)
    for part, portion in portions(run).items():
        read = {dataset for _, dataset in wires[part].reads}
        for dataset in sorted({*read, *portion.said.outputs}):
            found[dataset] = (*found.get(dataset, ()), _touch(part, portion, dataset, dataset in read))
    return found


def _touch(part: str, portion: Portion, dataset: str, reads: bool) -> Touch:
    output = portion.said.outputs.get(dataset)
    named = tuple(portion.said.inputs[dataset].versions) if reads else None
    until = portion.until if named == () else ""
    if output is None:
        return Touch(part, portion.at, until, named, None, "", True)
    ok = portion.state <= COMPLETE
    # Others may have named it before the run began.
    written_at = _written_at(portion, max(output.first[:30], portion.at))
    carries = output.carries() if ok else ""
    return Touch(part, portion.at, until, named, tuple(output.versions), written_at, ok, carries)


def _written_at(portion: Portion, first_named: str) -> str:
    """Return when a write counts: at the end of a complete run, else when it was first named."""
    return portion.ended if portion.state == COMPLETE and not portion.streams else first_named


def plain_write(done: Iterable[Touch]) -> tuple[str, bool]:
    """Return when the version counts that these wrote without a name, and whether any did not fail.

    It is there when the last one of them was done.
    """
    good = failed = ""
    for touch in done:
        if touch.writes == () and touch.ok:
            good = max(good, touch.written_at)
        elif touch.writes == ():
            failed = min(failed or touch.written_at, touch.written_at)
    return (good, True) if good else (failed, False)


def named_write(done: Iterable[Touch], version: str) -> tuple[str, bool]:
    """Return when these wrote a version by its name for the first time, and whether any did not fail."""
    times = [(touch.written_at, touch.ok) for touch in done if version in (touch.writes or ())]
    good = [time for time, ok in times if ok]
    return min(good or [time for time, _ in times], default=""), bool(good)


def first_reading(done: Iterable[Touch], version: str) -> str:
    """Return the earliest time at which any of these read a version by its name, empty for never."""
    return min((touch.at for touch in done if version in (touch.reads or ())), default="")


def named_by(done: Touches) -> set[str]:
    """Return the versions that these read or write by name."""
    return {*read_by_name(done), *written_by_name(done)}


def read_by_name(done: Touches) -> Sequence[str]:
    """Return the versions that these read by name."""
    if len(done) < 2:  # as almost always
        return (done[0].reads or ()) if done else ()
    return sorted({version for touch in done for version in touch.reads or ()})


def written_by_name(done: Touches) -> Sequence[str]:
    """Return the versions that these write by name."""
    if len(done) < 2:
        return (done[0].writes or ()) if done else ()
    return sorted({version for touch in done for version in touch.writes or ()})
