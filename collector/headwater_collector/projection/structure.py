"""What feeds what inside a run or job: evidence per output, and the split into steps."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final

from headwater_collector.projection.facts.kept import kept_with_facts
from headwater_collector.projection.facts.said import Said

LINEAGE: Final = 0
COLUMN_LINEAGE: Final = 1
COLUMN: Final = 2
RENAMED: Final = 3
UNNAMED_INPUT: Final = 4
ALL_INPUTS: Final = 5


@dataclass(slots=True)
class Structure:
    """Who feeds whom; a part is the digest of a step, or empty for the run or job itself."""

    reads: dict[tuple[str, str], int] = field(default_factory=dict)
    """Evidence by (part, dataset)."""
    writes: dict[tuple[str, str], int] = field(default_factory=dict)

    def steps(self) -> set[str]:
        """Return the digests of the steps."""
        return {part for part, _ in (*self.reads, *self.writes) if part}

    def in_steps(self) -> "Structure":
        """Return the same with a step in the place of a run or job that itself writes."""
        outputs = [dataset for part, dataset in self.writes if not part]
        if not outputs:
            return self
        digest = step_digest(outputs)
        return Structure(
            {(part or digest, dataset): evidence for (part, dataset), evidence in self.reads.items()},
            {(part or digest, dataset): evidence for (part, dataset), evidence in self.writes.items()},
        )


@kept_with_facts
def structure(said: Said) -> Structure:
    """Return the structure of a run, or of one job's part of it."""
    stated = frozenset(d for d, access in said.inputs.items() if access.stated)
    own = frozenset(said.own)
    if not said.outputs:
        return Structure({("", d): LINEAGE if d in own else ALL_INPUTS for d in stated | own})
    evidence, inputs = _per_output(said, stated)
    groups: dict[frozenset[str], list[str]] = {}
    for output, names in inputs.items():
        groups.setdefault(names, []).append(output)
    everything = stated.union(own, *groups)
    whole = len(groups) == 1 and next(iter(groups)) == everything
    found = Structure()
    for group, outputs in groups.items():
        part = "" if whole else step_digest(outputs)
        named = _named(said, evidence, outputs)
        for name in group:
            found.reads[part, name] = LINEAGE if not part and name in own else _evidence(named, name, stated)
        for output in outputs:
            found.writes[part, output] = evidence[output]
    for name in everything.difference(*groups):
        found.reads["", name] = LINEAGE if name in own else ALL_INPUTS
    return found


def step_digest(outputs: list[str]) -> str:
    """Return what tells a step from the others of its owner: its outputs."""
    return sha256("\n".join(sorted(outputs)).encode()).hexdigest()[:16]


def _per_output(said: Said, stated: frozenset[str]) -> tuple[dict[str, int], dict[str, frozenset[str]]]:
    # Outputs that are fed by all inputs share one set of them: 10,000 of each are not 10,000 times 10,000 names.
    evidence: dict[str, int] = {}
    inputs: dict[str, frozenset[str]] = {}
    for output, access in said.outputs.items():
        if output in said.lineage:
            evidence[output], inputs[output] = LINEAGE, frozenset(said.lineage[output])
        elif access.columns and access.columns[1]:
            evidence[output], inputs[output] = COLUMN_LINEAGE, frozenset(access.columns[1])
        else:
            evidence[output], inputs[output] = ALL_INPUTS, stated
    by_column = [output for output in inputs if evidence[output] == COLUMN_LINEAGE]
    if by_column:
        unnamed = stated.difference(*(inputs[o] for o in inputs if evidence[o] <= COLUMN_LINEAGE))
        for output in by_column:
            inputs[output] |= unnamed
    for output in inputs:
        if evidence[output] != LINEAGE and said.outputs[output].renamed():
            inputs[output] = inputs[output] | {said.outputs[output].renamed()}
    return evidence, inputs


@dataclass(frozen=True, slots=True)
class _Named:
    """What is named as feeding some outputs, by who names it."""

    by_lineage: set[str]
    by_columns: set[str] | None
    """None where no column lineage counts."""
    renamed: set[str]


def _named(said: Said, evidence: dict[str, int], outputs: list[str]) -> _Named:
    by_lineage = (said.lineage[o] for o in outputs if evidence[o] == LINEAGE)
    by_columns = [columns[1] for o in outputs if evidence[o] == COLUMN_LINEAGE and (columns := said.outputs[o].columns)]
    renamed = {said.outputs[o].renamed() for o in outputs}
    return _Named(set[str]().union(*by_lineage), set[str]().union(*by_columns) if by_columns else None, renamed)


def _evidence(named: _Named, name: str, stated: frozenset[str]) -> int:
    if name in named.by_lineage:
        return LINEAGE
    if named.by_columns and name in named.by_columns:
        return COLUMN_LINEAGE if name in stated else COLUMN
    if name in named.renamed:
        return RENAMED
    return ALL_INPUTS if named.by_columns is None else UNNAMED_INPUT
