"""Faults to plant in what lineage facets say of jobs and runs."""

from typing import Final

from tests.faults.fault import fault

LAWS: Final = "tests/projection/test_model_laws_lineage.py"

FLOW_FAULTS: Final = (
    fault(
        "a job that names itself as a source writes nothing",
        "if (inputs or not jobs or saying.job in jobs) and",
        "if (inputs or not jobs) and",
    ),
    fault(
        "what only other jobs feed is an output",
        "if (inputs or not jobs or saying.job in jobs) and",
        "if",
    ),
    fault(
        "an output must be stated",
        "and name not in said.outputs:\n        said.outputs[name] = Access(saying.token, saying.token, False)",
        "and name not in said.outputs:\n        pass",
    ),
    fault("what a facet says that the job reads is dropped", "said.own = sorted({*said.own, *inputs})", "pass"),
    fault(
        "what a facet says that the job reads feeds its outputs",
        'found.reads["", name] = LINEAGE if name in own else ALL_INPUTS',
        'found.reads["", name] = ALL_INPUTS',
    ),
    fault(
        "a later event takes back what the job reads",
        "self.own = sorted({*self.own, *other.own})",
        "self.own = other.own",
    ),
    fault(
        "a job flows into its own output", "saying.flows_to(name, jobs - {saying.job})", "saying.flows_to(name, jobs)"
    ),
    fault("a job flows into itself", "{act.job for act in acts} - {target.job}", "{act.job for act in acts}"),
    fault(
        "what JobEvents say of flows adds up",
        "        return\n    if saying.run:\n        facts",
        "        return\n    if True:\n        facts",
    ),
    fault("a later run takes flows back", "known = mine.setdefault(target, {})", "known = mine[target] = {}"),
    fault(
        "a flow is seen when it was said last",
        "known[source] = [min(seen[0], first), max(seen[1], last)]",
        "known[source] = [first, last]",
    ),
    fault(
        "a deleted facet of a JobEvent leaves its flows",
        "if is_deleted(facet) or isinstance(entries, list | None):",
        "if not is_deleted(facet) and isinstance(entries, list | None):",
        by=LAWS,
    ),
    fault(
        "the JobEvent that came last decides its flows",
        "self.declared = max(self.declared, other.declared, key=lambda register: register[:1])",
        "self.declared = other.declared or self.declared",
    ),
    fault(
        "a job named by half is the event's own",
        'row.get("namespace") is None and row.get("name") is None',
        'row.get("namespace") is None or row.get("name") is None',
    ),
    fault(
        "a run that its own facet names is of one job only",
        "facts.stubs = saying.runs[saying.run].stubs",
        "pass",
    ),
    fault(
        "a run without events of its own has no time",
        "return self.at or _first_spoken(self)",
        "return self.at",
        by=LAWS,
    ),
    fault(
        "others may say that a run wrote before it began",
        "max(output.first[:30], portion.at)",
        "output.first[:30]",
        by=LAWS,
    ),
    fault(
        "a job's design rests on what others say of its run",
        "said = run.said.get(job) if run else None",
        "said = {**run.spoken, **run.said}.get(job) if run else None",
        by=LAWS,
    ),
    fault(
        "in a shared run, a job does what its own events say alone",
        "said = united([run.said[job], run.spoken[job]]) if job in run.spoken else run.said[job]",
        "said = run.said[job]",
        by=LAWS,
    ),
    fault(
        "a run that no id names is nobody's, though the job is the event's own",
        'return Act(job, saying.run if job == saying.job else "")',
        'return Act(job, "")',
        by=LAWS,
    ),
)
