"""Faults to plant in what is made of runs that several jobs share."""

from typing import Final

from tests.faults.fault import fault

_STORIES: Final = "tests/projection/test_model_laws_shared.py"
"""For what drawn scripts may miss."""

SHARED_FAULTS: Final = (
    fault("jobs that only begin share a run", "if share.ended) > 1", "if share.at) > 1"),
    fault(
        "jobs share no run",
        "return sum(1 for share in self.shares.values() if share.ended) > 1",
        "return False",
    ),
    fault(
        "the share of the first job is that of the first two",
        "        self._merge_shares(other)\n        self.state",
        "        self.state",
        "        merge_registers(self.of_job, other.of_job)\n",
        "        merge_registers(self.of_job, other.of_job)\n        self._merge_shares(other)\n",
    ),
    fault("a share keeps the state that it had first", "max(self.state, other.state), min(", "self.state, min("),
    fault("the shares of a run need no steps", "if each.reads or each.writes) < 2:", "if True) >= 0:"),
    fault(
        "a job sees nothing of what others wrote in its run",
        "    if not touch.until:\n        return {}\n    return",
        "    return {}\n    return",
    ),
    fault(
        "a job reads what it writes if another wrote it too",
        "if all(other.part != touch.part for other in by)",
        "if by",
    ),
    fault(
        "a job reads what another failed to write",
        "any(other.ok and other.written_at < touch.until",
        "any(other.written_at < touch.until",
    ),
    fault(
        "a job reads what is written at the moment of its end",
        "other.written_at < touch.until for",
        "other.written_at <= touch.until for",
    ),
    fault(
        "a stream sees its run to its end",
        "until = share.at if streams else share.ended or share.at",
        "until = share.ended or share.at",
    ),
    fault(
        "an open job sees its run to its last event",
        "else share.ended or share.at",
        "else share.ended or share.last",
        by=_STORIES,
    ),
    fault(
        "what jobs write together is there since the first",
        "good = max(good, touch.written_at)",
        "good = min(good or touch.written_at, touch.written_at)",
    ),
    fault("one job's version says nothing of other names", "concerned |= _beside(", "_beside(", by=_STORIES),
    fault(
        "a write in a run is late for nobody that began before",
        "max(self.facts.last_read, touch.at, touch.until)",
        "max(self.facts.last_read, touch.at)",
        by=_STORIES,
    ),
    fault(
        "what one job saw in its run is not worked out again",
        "newest = written.newest_of(inside, since)",
        'newest = ("", "")',
        by=_STORIES,
    ),
    fault("a lost end of the writes without a name is not found", "        self.plain_lost = plain_head is None\n", ""),
    fault(
        "a version is read first when the run began",
        "return any(first_reading(self.now, version) > first_reading(self.before, version) for version in read)",
        "return False",
        by=_STORIES,
    ),
    fault(
        "of one check in two jobs the earlier one stands",
        "key=lambda one: one[0][0])",
        "key=lambda one: '')",
        by=_STORIES,
    ),
    fault(
        "a check is of all that the run read",
        "facts.bound.get(dataset, {}).get(part, ())]",
        "[one for each in facts.bound.get(dataset, {}).values() for one in each]]",
    ),
    fault("one job alone tells of what two did", "    for access in accesses:\n", "    for access in accesses[:1]:\n"),
    fault(
        "of two jobs' evidence the weaker counts",
        "EVIDENCE_NAME[min(evidence for evidence, _, _ in by)]",
        "EVIDENCE_NAME[max(evidence for evidence, _, _ in by)]",
    ),
)
