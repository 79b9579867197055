"""What is known of a run, and of each job's share of it."""

from dataclasses import dataclass, field
from typing import Any

from headwater_collector.projection.facts.flows import Flows, merge_flows
from headwater_collector.projection.facts.kept import kept_with_facts
from headwater_collector.projection.facts.register import Register, merge_registers
from headwater_collector.projection.facts.said import Said, united
from headwater_collector.projection.facts.share import Share

STATES = ("OTHER", "START", "RUNNING", "COMPLETE", "ABORT", "FAIL")
"""States of a run, the one that prevails last."""
COMPLETE = STATES.index("COMPLETE")

Binding = tuple[str, bool, str]
"""Version key, whether it is inferred, and the version that the reader named if another node stands for it."""
WHOLE = ""
"""Stands in the place of a job where all of a run is meant, since jobs do not share it."""


@dataclass(slots=True)
class RunFacts:
    """What is known of a run; one known only as somebody's parent has no state and no times."""

    run_id: str
    state: int = -1
    at: str = ""
    started: str = ""
    ended: str = ""
    last: str = ""
    """Time of the latest of its events."""
    said: dict[str, Said] = field(default_factory=dict)
    """By the key of the job that the events name."""
    shares: dict[str, Share] = field(default_factory=dict)
    """By the same, where these are several; what is known of a single job's share is known of the run."""
    stubs: list[str] = field(default_factory=list)
    """Keys of the jobs that children name for this run."""
    windows: dict[str, tuple[str, Said]] = field(default_factory=dict)
    """By the key of the job, token and datasets of the latest event that told the whole of a window."""
    registers: dict[str, Register] = field(default_factory=dict)
    of_job: dict[str, Register] = field(default_factory=dict)
    """Job facets that its own events say: another run of the job may say otherwise."""
    bound: dict[str, dict[str, list[Binding]]] = field(default_factory=dict)
    """The versions that its reads are bound to, by dataset and job or `WHOLE`; worked out by `timeline`, not said."""
    carried: dict[str, dict[str, str]] = field(default_factory=dict)
    """The version that lives on in what it wrote, by the same; worked out by `timeline`."""
    spoken: dict[str, Said] = field(default_factory=dict)
    """What events that are not its own say that it reads and writes, by the key of the job that they name."""
    flows: Flows = field(default_factory=dict)
    """What it says to flow from run to run."""
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """See `kept_with_facts`."""

    def merge(self, other: "RunFacts") -> None:
        """Take in what other events say of the same run."""
        self.kept.clear()
        self._merge_shares(other)
        self.state = max(self.state, other.state)
        self.at = earlier(self.at, other.at)
        self.started = earlier(self.started, other.started)
        self.ended = max(self.ended, other.ended)
        self.last = max(self.last, other.last)
        _merge_said(self.said, other.said)
        _merge_said(self.spoken, other.spoken)
        merge_flows(self.flows, other.flows)
        if other.stubs and not set(other.stubs) <= set(self.stubs):
            self.stubs = sorted({*self.stubs, *other.stubs})
        for job, window in other.windows.items():
            if job not in self.windows or window[0] > self.windows[job][0]:
                self.windows[job] = window
        merge_registers(self.registers, other.registers)
        merge_registers(self.of_job, other.of_job)

    def _merge_shares(self, other: "RunFacts") -> None:
        """Tell jobs apart as soon as there are two; before, all that is known of the run is known of its only one."""
        if len(self.said.keys() | other.said.keys()) < 2:
            return
        self.shares = self._by_job()
        for job, share in other._by_job().items():
            if job in self.shares:
                self.shares[job].merge(share)
            else:
                self.shares[job] = share

    def _by_job(self) -> dict[str, Share]:
        kind = self.of_job.get("jobType")
        return self.shares or {job: Share(self.state, self.at, self.ended, self.last, kind) for job in self.said}

    def is_shared(self) -> bool:
        """Return whether several jobs ended in it, so that each one's share of it stands for itself.

        One that only goes by another name at its end, as Spark's do, is no other job.
        """
        return sum(1 for share in self.shares.values() if share.ended) > 1

    def began(self) -> str:
        """Return its earliest time; one without events of its own is as old as what others say of it."""
        return self.at or _first_spoken(self)

    def every_said(self) -> list[Said]:
        """Return what is said of the datasets that it reads and writes, by itself and by others."""
        return [*self.said.values(), *self.spoken.values()]

    def whole(self) -> Said:
        """Return what is said of its datasets under all its jobs together."""
        if len(self.said) == 1 and not self.spoken:
            return next(iter(self.said.values()))
        return _united(self)


@kept_with_facts
def _united(run: RunFacts) -> Said:
    return united(run.every_said())


@kept_with_facts
def _first_spoken(run: RunFacts) -> str:
    accesses = [access for said in run.spoken.values() for access in (*said.inputs.values(), *said.outputs.values())]
    return min((access.first[:30] for access in accesses), default="")


def _merge_said(mine: dict[str, Said], theirs: dict[str, Said]) -> None:
    for job, said in theirs.items():
        if job in mine:
            mine[job].merge(said)
        else:
            mine[job] = said


def earlier(a: str, b: str) -> str:
    """Return the earlier of two times, of which an empty one is none."""
    return min(a, b) if a and b else a or b
