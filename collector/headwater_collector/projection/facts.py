"""What is known of a scope: a run, a job, a dataset, a version, the column lineage of one output. Merged without order.

Every time is text as in `Event.time`. A *token* is the total order of events as text: time, rank of the type, event id.
A register is ``[token, value, digest]``: of two, the one with the greater token stands, whichever came first.
"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import wraps
from hashlib import sha256
from typing import Any, Protocol, TypeVar

Register = list[Any]
Binding = tuple[str, bool, str]
"""Version key, whether it is inferred, and the version that the reader named if another node stands for it."""

STATES = ("OTHER", "START", "RUNNING", "COMPLETE", "ABORT", "FAIL")
"""States of a run, the one that prevails last."""
COMPLETE = STATES.index("COMPLETE")


COMMIT = "commit"
"""Name among what is told of an output of the operation that the report of a commit says."""

_KEEPING = ("append", "delete", "replace")
"""Operations of Iceberg after which the rest of the table is still there; an overwrite may have replaced all of it."""


class _Keeps(Protocol):
    kept: dict[str, Any]


F = TypeVar("F", bound=_Keeps)
T = TypeVar("T")


def kept_with_facts(work: Callable[[F], T]) -> Callable[[F], T]:
    """Keep what a pure function makes of facts with them: it is asked for often, and only `merge` changes them."""

    @wraps(work)
    def found(facts: F) -> T:
        if work.__name__ not in facts.kept:
            facts.kept[work.__name__] = work(facts)
        result: T = facts.kept[work.__name__]
        return result

    return found


@dataclass(slots=True)
class Access:
    """What the events of one run (or one JobEvent) say of one dataset as input or as output."""

    first: str
    last: str
    stated: bool
    """False where only column lineage or a lineage facet names the dataset."""
    named: list[str] = field(default_factory=list)
    """Versions that version facets name."""
    columns: Register | None = None
    """Keys of the datasets that the columnLineage facet of this output names."""
    told: dict[str, Register] = field(default_factory=dict)
    """Facets of this access that are projected."""
    facets: dict[str, Register] = field(default_factory=dict)
    """``[token, digest]`` of those that are only kept; an empty digest where the latest is not worth it."""
    snapshots: list[str] = field(default_factory=list)
    """Versions that reports of a table format name; they are right where version facets say something else."""

    def merge(self, other: "Access") -> None:
        """Take in what other events say of the same dataset in the same role."""
        self.first = min(self.first, other.first)
        self.last = max(self.last, other.last)
        self.stated = self.stated or other.stated
        if other.named and other.named != self.named:
            self.named = sorted({*self.named, *other.named})
        if other.snapshots and other.snapshots != self.snapshots:
            self.snapshots = sorted({*self.snapshots, *other.snapshots})
        self.columns = later(self.columns, other.columns)
        merge_registers(self.told, other.told)
        merge_registers(self.facets, other.facets)

    @property
    def versions(self) -> list[str]:
        """Return the versions that were read or written, as far as they were named."""
        return self.snapshots or self.named

    def carries(self) -> str:
        """Return the evidence that this output holds what was there before, too; empty for none."""
        change = self.told.get("lifecycleStateChange")
        state = change[1][0] if change and change[1] else ""
        if state == "ALTER":
            return "LIFECYCLE"
        commit, subset = self.told.get(COMMIT), self.told.get("subset")
        if not state and commit and commit[1] in _KEEPING:
            return "COMMIT_REPORT"
        # Spark says OVERWRITE where it wrote one partition anew, and which one in the subset.
        return "SUBSET" if subset and subset[1] and state in {"", "OVERWRITE"} else ""

    def renamed(self) -> str:
        """Return the key of the dataset that this output continues under another name, empty for none."""
        change = self.told.get("lifecycleStateChange")
        return str(change[1][1]) if change and change[1] else ""


@dataclass(slots=True)
class Said:
    """The inputs and outputs that events say, by dataset key."""

    inputs: dict[str, Access] = field(default_factory=dict)
    outputs: dict[str, Access] = field(default_factory=dict)
    lineage: dict[str, list[str]] = field(default_factory=dict)
    """Keys of the datasets that lineage facets name for an output; an empty list says that it has no upstream."""
    own: list[str] = field(default_factory=list)
    """Keys of the datasets of which lineage facets say only that the job reads them."""
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """See `kept_with_facts`."""

    def merge(self, other: "Said") -> None:
        """Take in what other events say."""
        self.kept.clear()
        for output, names in other.lineage.items():
            self.lineage[output] = sorted({*self.lineage.get(output, ()), *names})
        if other.own and other.own != self.own:
            self.own = sorted({*self.own, *other.own})
        for mine, theirs in ((self.inputs, other.inputs), (self.outputs, other.outputs)):
            for dataset, access in theirs.items():
                if dataset in mine:
                    mine[dataset].merge(access)
                else:
                    mine[dataset] = access

    def names_any(self) -> bool:
        """Return whether any dataset is an input or output."""
        return bool(self.outputs or self.inputs)


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
    stubs: list[str] = field(default_factory=list)
    """Keys of the jobs that children name for this run."""
    windows: dict[str, tuple[str, Said]] = field(default_factory=dict)
    """By the key of the job, token and datasets of the latest event that told the whole of a window."""
    registers: dict[str, Register] = field(default_factory=dict)
    bound: dict[str, list[Binding]] = field(default_factory=dict)
    """The versions that its reads are bound to, by dataset; worked out by `timeline`, not said."""
    carried: dict[str, str] = field(default_factory=dict)
    """The version that lives on in what it wrote, by dataset; worked out by `timeline`."""
    kept: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)
    """See `kept_with_facts`."""

    def merge(self, other: "RunFacts") -> None:
        """Take in what other events say of the same run."""
        self.kept.clear()
        self.state = max(self.state, other.state)
        self.at = earlier(self.at, other.at)
        self.started = earlier(self.started, other.started)
        self.ended = max(self.ended, other.ended)
        self.last = max(self.last, other.last)
        for job, said in other.said.items():
            if job in self.said:
                self.said[job].merge(said)
            else:
                self.said[job] = said
        if other.stubs and not set(other.stubs) <= set(self.stubs):
            self.stubs = sorted({*self.stubs, *other.stubs})
        for job, window in other.windows.items():
            if job not in self.windows or window[0] > self.windows[job][0]:
                self.windows[job] = window
        merge_registers(self.registers, other.registers)

    def whole(self) -> Said:
        """Return what the run says of datasets under all its jobs together."""
        if len(self.said) == 1:
            return next(iter(self.said.values()))
        return _united(self)


@dataclass(slots=True)
class JobFacts:
    """What is known of a job, and its design-level edges."""

    namespace: str
    name: str
    registers: dict[str, Register] = field(default_factory=dict)
    parents: list[str] = field(default_factory=list)
    events: dict[str, Said] = field(default_factory=dict)
    """What JobEvents say, by token."""
    triggers: dict[str, Register] = field(default_factory=dict)
    """``[token, type, sequence rule, status rule]`` by ``<`` or ``>`` and the key of the job before or after it."""
    flows: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    """What its runs say to flow between others, by target and source: first and last token."""
    declared: Register = field(default_factory=list)
    """``[token, sources by target]`` of the latest JobEvent that says what flows between others; empty for none."""
    edges: dict[str, list[Any]] = field(default_factory=dict)
    """Worked out by `wiring`: see `wiring.Wire`."""
    closers: list[str] = field(default_factory=list)
    """Latest times at which a complete run or a JobEvent named datasets, sorted; worked out by `wiring`."""
    closers_cut: bool = False

    def merge(self, other: "JobFacts") -> None:
        """Take in what other events say of the same job."""
        merge_registers(self.registers, other.registers)
        if other.parents and not set(other.parents) <= set(self.parents):
            self.parents = sorted({*self.parents, *other.parents})
        self.events.update(other.events)
        merge_registers(self.triggers, other.triggers)
        for target, sources in other.flows.items():
            mine = self.flows.setdefault(target, {})
            for source, (first, last) in sources.items():
                known = mine.get(source, (first, last))
                mine[source] = [min(known[0], first), max(known[1], last)]
        self.declared = max(self.declared, other.declared, key=lambda register: register[:1])


@dataclass(slots=True)
class DatasetFacts:
    """What is known of a dataset, and the ends of its timeline of reads and writes."""

    namespace: str
    name: str
    registers: dict[str, Register] = field(default_factory=dict)
    versions: list[str] = field(default_factory=list)
    """Versions that DatasetEvents name."""
    columns: list[str] = field(default_factory=list)
    """Columns that tags and checks name."""
    group: str = ""
    """Key of the first of all datasets that are names of this one, itself among them; empty if it has no other name.

    Worked out by `groups`. The first keeps the ends of the timeline that they share, below; who they are is known of
    the group alone, so that no event of one of very many has to do with them all."""
    head: list[str] = field(default_factory=list)
    """[written at, version key] of the newest write that did not fail; worked out by `timeline`, like all below."""
    plain_head: list[str] = field(default_factory=list)
    """The same among writes that named no version."""
    last_read: str = ""
    """Time of the latest read that named no version."""
    last_named: str = ""
    """Latest first reading of a version that nobody wrote by name."""
    named: bool = True
    """An event names it; else only alias rules do."""
    linked: int = 0
    """How many datasets alias rules give its name; worked out by `rules`, like the next."""
    ruled: list[list[str]] = field(default_factory=list)
    """Its other names by alias rules: rule, namespace and name of each."""

    def merge(self, other: "DatasetFacts") -> None:
        """Take in what other events say of the same dataset."""
        self.named = self.named or other.named
        merge_registers(self.registers, other.registers)
        if other.versions and not set(other.versions) <= set(self.versions):
            self.versions = sorted({*self.versions, *other.versions})
        if other.columns and not set(other.columns) <= set(self.columns):
            self.columns = sorted({*self.columns, *other.columns})


@dataclass(slots=True)
class VersionFacts:
    """What is known of a version that somebody named; worked out by `timeline`."""

    dataset: str
    version: str
    writers: dict[str, tuple[str, bool]] = field(default_factory=dict)
    """Time of the write and whether it did not fail, by run key."""
    event: bool = False
    """A DatasetEvent names it."""
    first_read: str = ""
    substitute: str = ""
    """Key of the versionless write that its readers are bound to, if there is one."""
    alias: str = ""
    """Key of the version of that name of another name of the dataset, which its readers are bound to rather."""

    def written(self) -> str:
        """Return the earliest time that a run which did not fail wrote it, else an empty text."""
        return min((at for at, ok in self.writers.values() if ok), default="")

    def known(self) -> bool:
        """Return whether anything but readers names it."""
        return bool(self.writers) or self.event

    def stands(self) -> bool:
        """Return whether it is a node of its own: its readers mean it, or it is more than read."""
        return self.known() or bool(self.first_read and not self.substitute and not self.alias)


@dataclass(slots=True)
class ColumnFacts:
    """The column lineage of one job's output: first and last token of every content of its facet, by digest."""

    job: str
    namespace: str
    name: str
    shapes: dict[str, list[str]] = field(default_factory=dict)
    adds_up: bool = False
    """It is said by lineage facets, of which none ends what another one said."""

    def merge(self, other: "ColumnFacts") -> None:
        """Take in other occurrences."""
        for digest, (first, last) in other.shapes.items():
            mine = self.shapes.get(digest)
            self.shapes[digest] = [min(mine[0], first), max(mine[1], last)] if mine else [first, last]


def later(a: Register | None, b: Register | None) -> Register | None:
    """Return the register with the greater token; the content decides where one event says both."""
    if a is None or b is None:
        return a if b is None else b
    return b if b[0] > a[0] else a


def earlier(a: str, b: str) -> str:
    """Return the earlier of two times, of which an empty one is none."""
    return min(a, b) if a and b else a or b


def merge_registers(mine: dict[str, Register], theirs: dict[str, Register]) -> None:
    """Take in registers: of each name the later one stands."""
    for name, register in theirs.items():
        known = mine.get(name)
        if known is None or register[0] > known[0]:
            mine[name] = register


def digest_of(value: bytes) -> str:
    """Return a short content address, 32 hex digits of the SHA-256."""
    return sha256(value).hexdigest()[:32]


@kept_with_facts
def _united(run: RunFacts) -> Said:
    whole = Said()
    for part in run.said.values():
        whole.merge(deepcopy(part))
    return whole
