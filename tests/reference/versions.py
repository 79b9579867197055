"""Run level: which version of a dataset a run wrote, and which one it read (law 5)."""

from collections.abc import Iterable
from dataclasses import dataclass

from headwater_collector.event import Event
from headwater_graph.keys import key

from tests.reference.groups import Groups
from tests.reference.lineage import outputs_of
from tests.reference.reading import Mention, facet, is_deleted, mentions, name_of
from tests.reference.runs import Runs, at, ended_at, state
from tests.reference.shares import sees_until, shares
from tests.reference.statements import Name
from tests.reference.streams import is_stream
from tests.reference.structure import Structure, of_shares

Part = tuple[str, str | None]
"""A run, and the job whose share of it is meant; None for all of a run that jobs do not share."""


@dataclass(frozen=True)
class Write:
    """A run, or a job's share of one, wrote a version."""

    part: Part
    dataset: str
    version: str
    """Key of the version."""
    named: str | None
    time: str
    ok: bool


@dataclass(frozen=True)
class Read:
    """A run, or a job's share of one, read a dataset, by a named version or without."""

    part: Part
    dataset: str
    named: str | None
    at: str
    until: str
    """What other jobs wrote in the run before then is read, too; empty for a run that jobs do not share."""


@dataclass(frozen=True)
class Bound:
    """A read, bound to a version."""

    read: Read
    version: str
    inferred: bool


class Timeline:
    """All writes and reads there are, and how reads are bound to versions."""

    def __init__(self, events: list[Event], runs: Runs, spoken: Runs, names: dict[str, Name], groups: Groups) -> None:
        self.names, self.groups = names, groups
        self.said: dict[Part, list[Event]] = {}
        self.began: dict[Part, str] = {}
        self.structures: dict[Part, Structure] = {}
        for run in runs.keys() | spoken.keys():
            own = runs.get(run, [])
            parts = shares([*own, *spoken.get(run, [])])
            self.said |= {(run, share): mine for share, mine in parts.items()}
            for share, mine in parts.items():
                self.began[run, share] = at([event for event in mine if event in own] or own or mine)
            self.structures |= {(run, share): found for share, found in of_shares(parts).items()}
        self.published = {(m.key, v) for e in events for m in mentions(e, "dataset") if (v := named_version(m))}
        self.writes = [w for part, said in self.said.items() for w in self._writes(part, said)]
        self.reads = [r for part, said in self.said.items() for r in self._reads(part, said)]
        self.bound = [self._bind(read) for read in self.reads]

    def members(self, dataset: str) -> frozenset[str]:
        """Return a dataset and all that are the same by aliases."""
        return self.groups.get(dataset, frozenset({dataset}))

    def key_of(self, dataset: str, *parts: str) -> str:
        """Return the key of a version of a dataset."""
        return key("version", *self.names[dataset], *parts)

    def version_key(self, dataset: str, named: str | None, run: str) -> str:
        """Return the key of a version: by its name, or of what a run wrote without a name."""
        return self.key_of(dataset, "run", run) if named is None else self.key_of(dataset, "v", named)

    def _writes(self, part: Part, events: list[Event]) -> list[Write]:
        writes: list[Write] = []
        for dataset in self.structures[part].outputs:
            said = [m for e in events for m in mentions(e, "output") if m.key == dataset]
            time = max(self.began[part], min(event.time for event in events if dataset in outputs_of(event)))
            if state(events) == "COMPLETE" and not is_stream(events):
                time = ended_at(events) or time
            ok = self.is_good(part)
            writes += [Write(part, dataset, self.version_key(dataset, v, part[0]), v, time, ok) for v in _named(said)]
        return writes

    def _reads(self, part: Part, events: list[Event]) -> list[Read]:
        reads = []
        began = self.began[part]
        until = "" if part[1] is None else sees_until(events, began)
        for dataset in self.structures[part].inputs:
            said = [m for e in events for m in mentions(e, "input") if m.key == dataset]
            reads += [Read(part, dataset, v, began, until) for v in _named(said)]
        return reads

    def parts_of(self, run: str) -> list[Part]:
        """Return the shares of a run, or the one part that it is."""
        return [part for part in self.said if part[0] == run]

    def is_good(self, part: Part) -> bool:
        """Return whether a run, or a job's share of one, neither failed nor was aborted."""
        return state(self.said[part]) not in ("FAIL", "ABORT")

    def bound_of(self, part: Part, dataset: str) -> list[Bound]:
        """Return what the reads of a dataset are bound to."""
        return [bound for bound in self.bound if (bound.read.part, bound.read.dataset) == (part, dataset)]

    def other_name(self, bound: Bound) -> str | None:
        """Return the version that a read names, where another node stands for it."""
        read = bound.read
        own = read.named is None or bound.version == self.version_key(read.dataset, read.named, read.part[0])
        return None if own else read.named

    def written_by(self, parts: Iterable[Part], dataset: str) -> set[str]:
        """Return the versions of a dataset that these wrote."""
        return {write.version for write in self.writes if write.part in parts and write.dataset == dataset}

    def before_write(self, part: Part, dataset: str) -> str | None:
        """Return the newest good version before what was written of a dataset, under any of its names.

        It is never one that the same run wrote.
        """
        (time,) = {write.time for write in self.writes if (write.part, write.dataset) == (part, dataset)}
        own = {write.version for write in self.writes if write.part[0] == part[0]}
        return self._newest(dataset, time, versionless=False, without=own)

    def written_at(self, version: str) -> tuple[str | None, bool]:
        """Return when a version was written, and whether all that wrote it failed.

        What was written by name is there since it was written first; what jobs wrote into one version of the run that
        they share, when the last one of them was done.
        """
        writes = [w for w in self.writes if w.version == version]
        ok = [w.time for w in writes if w.ok]
        if ok and all(w.named is None for w in writes):
            return max(ok), False
        return min(ok or [w.time for w in writes], default=None), bool(writes) and not ok

    def _bind(self, read: Read) -> Bound:
        run = read.part[0]
        if read.named is None:
            newest = self._newest(read.dataset, read.at, versionless=False, inside=self._inside(read))
            return Bound(read, newest or self.key_of(read.dataset, "unknown", run), inferred=True)
        own = self.version_key(read.dataset, read.named, run)
        if self._is_known(read.dataset, read.named):
            return Bound(read, own, inferred=False)
        others = [d for d in self.members(read.dataset) - {read.dataset} if self._is_known(d, read.named)]
        if others:
            return Bound(read, self.version_key(min(others), read.named, run), inferred=False)
        first = min(r.at for r in self.reads if (r.dataset, r.named) == (read.dataset, read.named))
        newest = self._newest(read.dataset, first, versionless=True)
        return Bound(read, newest or own, inferred=newest is not None)

    def _inside(self, read: Read) -> set[str]:
        """Return what other jobs wrote well in the run that they share with the reader, in time for it to see."""
        of_run = [write for write in self.writes if write.part[0] == read.part[0]]
        seen = {write.version for write in of_run if write.part != read.part and write.ok and write.time < read.until}
        return seen - {write.version for write in of_run if write.part == read.part}

    def _is_known(self, dataset: str, named: str) -> bool:
        written = any((w.dataset, w.named) == (dataset, named) for w in self.writes)
        return written or (dataset, named) in self.published

    def _newest(
        self,
        dataset: str,
        before: str,
        *,
        versionless: bool,
        without: Iterable[str] = (),
        inside: Iterable[str] = (),
    ) -> str | None:
        found = []
        for write in self.writes:
            time, failed = self.written_at(write.version)
            fits = write.dataset in self.members(dataset) and (write.named is None or not versionless)
            fits = fits and write.version not in without and not failed
            if fits and time is not None and (time < before or write.version in inside):
                found.append((time, write.version))
        return max(found)[1] if found else None


def named_version(mention: Mention) -> str | None:
    """Return the version that a mention of a dataset names."""
    content = facet(mention.body, "version")
    return None if content is None or is_deleted(content) else name_of(content.get("datasetVersion"))


_REPORTS = {"input": ("icebergScanReport", "inputFacets"), "output": ("icebergCommitReport", "outputFacets")}


def _snapshot(mention: Mention) -> str | None:
    """Return the snapshot that an Iceberg report of a mention names."""
    content = facet(mention.body, *_REPORTS[mention.role])
    said = None if content is None or is_deleted(content) else content.get("snapshotId")
    if isinstance(said, float):  # Spark squeezes an id of 64 bits into one, which then is another id
        return str(int(said)) if said.is_integer() and abs(said) < 2**53 else None
    return name_of(said)


def _named(said: list[Mention]) -> list[str | None]:
    """Return the versions that the mentions of one dataset in one role name; none is one of no name."""
    snapshots = {found for m in said if (found := _snapshot(m))}
    versions = snapshots or {found for m in said if (found := named_version(m))}
    return [*versions] or [None]
