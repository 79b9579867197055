"""Facts as JSON: short lists, since every run has some, and keys sorted, so that equal facts are equal texts."""

from typing import Any

import orjson

from headwater_collector.projection.facts.access import Access
from headwater_collector.projection.facts.columns import ColumnFacts
from headwater_collector.projection.facts.dataset import DatasetFacts
from headwater_collector.projection.facts.job import JobFacts
from headwater_collector.projection.facts.run import RunFacts
from headwater_collector.projection.facts.said import Said
from headwater_collector.projection.facts.share import Share
from headwater_collector.projection.facts.version import VersionFacts


def _encode_access(a: Access) -> list[Any]:
    last = "" if a.last == a.first else a.last
    row: list[Any] = [a.first, last, a.stated, a.named, a.columns, a.told, a.facets, a.snapshots]
    while len(row) > 3 and not row[-1]:
        row.pop()
    return row


def _decode_access(row: list[Any]) -> Access:
    first, last, stated, named, columns, told, facets, snapshots = row + _ABSENT[len(row) :]
    return Access(first, last or first, stated, named or [], columns, told or {}, facets or {}, snapshots or [])


_ABSENT: list[Any] = ["", "", False, None, None, None, None, None]


def encode_said(said: Said) -> list[Any]:
    """Return the inputs and outputs as JSON values."""
    row: list[Any] = [
        {d: _encode_access(a) for d, a in said.inputs.items()},
        {d: _encode_access(a) for d, a in said.outputs.items()},
        said.lineage,
    ]
    return [*row, said.own] if said.own else row


def decode_said(rows: list[Any]) -> Said:
    """Return what `encode_said` was given."""
    inputs, outputs, lineage, *own = rows
    return Said(
        {d: _decode_access(a) for d, a in inputs.items()},
        {d: _decode_access(a) for d, a in outputs.items()},
        dict(lineage),
        *own,
    )


def encode_run(facts: RunFacts) -> bytes:
    """Return the facts of a run as JSON."""
    said = {job: encode_said(s) for job, s in facts.said.items()}
    return _dump(
        [
            facts.run_id,
            facts.state,
            facts.at,
            facts.started,
            facts.ended,
            facts.last,
            said,
            facts.stubs,
            facts.registers,
            facts.bound,
            {job: (token, encode_said(window)) for job, (token, window) in facts.windows.items()},
            facts.carried,
            facts.of_job,
            {job: [s.state, s.at, s.ended, s.last, s.kind] for job, s in facts.shares.items()},
            {job: encode_said(s) for job, s in facts.spoken.items()},
            facts.flows,
        ]
    )


def decode_run(text: str) -> RunFacts:
    """Return what `encode_run` was given."""
    run_id, state, at, started, ended, last, said, stubs, *rest = orjson.loads(text)
    registers, bound, windows, carried, of_job, shares, spoken, flows = rest
    return RunFacts(
        run_id,
        state,
        at,
        started,
        ended,
        last,
        {job: decode_said(s) for job, s in said.items()},
        {job: Share(*share) for job, share in shares.items()},
        stubs,
        {job: (token, decode_said(window)) for job, (token, window) in windows.items()},
        registers,
        of_job,
        {d: {part: [(b[0], b[1], b[2]) for b in rows] for part, rows in by.items()} for d, by in bound.items()},
        carried,
        {job: decode_said(s) for job, s in spoken.items()},
        flows,
    )


def encode_job(facts: JobFacts) -> bytes:
    """Return the facts of a job as JSON."""
    events = {token: encode_said(s) for token, s in facts.events.items()}
    return _dump(
        [
            facts.namespace,
            facts.name,
            facts.registers,
            facts.parents,
            events,
            facts.triggers,
            facts.flows,
            facts.declared,
            facts.edges,
            facts.closers,
            facts.closers_cut,
        ]
    )


def decode_job(text: str) -> JobFacts:
    """Return what `encode_job` was given."""
    namespace, name, registers, parents, events, *rest = orjson.loads(text)
    said = {token: decode_said(s) for token, s in events.items()}
    return JobFacts(namespace, name, registers, parents, said, *rest)


def encode_dataset(facts: DatasetFacts) -> bytes:
    """Return the facts of a dataset as JSON."""
    return _dump(
        [
            facts.namespace,
            facts.name,
            facts.registers,
            facts.versions,
            facts.columns,
            facts.used_schema,
            facts.group,
            facts.head,
            facts.plain_head,
            facts.last_read,
            facts.last_named,
            facts.named,
            facts.linked,
            facts.ruled,
        ]
    )


def decode_dataset(text: str) -> DatasetFacts:
    """Return what `encode_dataset` was given."""
    return DatasetFacts(*orjson.loads(text))


def encode_version(facts: VersionFacts) -> bytes:
    """Return the facts of a version as JSON."""
    row = [facts.dataset, facts.version, facts.writers, facts.event, facts.first_read, facts.substitute, facts.alias]
    return _dump(row)


def decode_version(text: str) -> VersionFacts:
    """Return what `encode_version` was given."""
    dataset, version, writers, *rest = orjson.loads(text)
    return VersionFacts(dataset, version, {run: (w[0], w[1]) for run, w in writers.items()}, *rest)


def encode_columns(facts: ColumnFacts) -> bytes:
    """Return the facts of an output's column lineage as JSON."""
    return _dump([facts.job, facts.namespace, facts.name, facts.shapes, facts.adds_up])


def decode_columns(text: str) -> ColumnFacts:
    """Return what `encode_columns` was given."""
    return ColumnFacts(*orjson.loads(text))


def _dump(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
