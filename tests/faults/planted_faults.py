"""Faults to plant in the projector: each breaks a law in a way that a hand may slip."""

from typing import Final

from tests.faults.decision_faults import DECISION_FAULTS
from tests.faults.fault import fault
from tests.faults.flow_faults import FLOW_FAULTS
from tests.faults.group_faults import GROUP_FAULTS
from tests.faults.shared_faults import SHARED_FAULTS

FAULTS: Final = (
    # Order and duplication
    fault(
        "entries of one event count alike, wherever they stand",
        "{int(is_output)}{position:06d}",
        "{int(is_output)}000000",
    ),
    fault("a register holds what arrived last", "if known is None or register[0] > known[0]:", "if True:"),
    fault("the type of an event breaks no tie", "{_RANK[event.type]}", "0"),
    fault("an input's facet beats an output's", "{int(is_output)}{position", "{int(not is_output)}{position"),
    fault(
        "the start of a run is its last arrival",
        "self.at = earlier(self.at, other.at)",
        "self.at = other.at or self.at",
    ),
    fault(
        "the end of a run is the first one said",
        "self.ended = max(self.ended, other.ended)",
        "self.ended = earlier(self.ended, other.ended)",
    ),
    fault(
        "_deleted is a facet like others",
        'isinstance(facet, dict) and facet.get("_deleted") is True',
        "False",
    ),
    fault(
        "an edge is first seen last",
        "self.first = min(self.first, other.first)",
        "self.first = max(self.first, other.first)",
    ),
    fault(
        "an edge is last seen first",
        "self.last = max(self.last, other.last)\n        self.stated",
        "self.last = min(self.last, other.last)\n        self.stated",
    ),
    fault(
        "what other batches said is not loaded",
        "        self.load(wanted)\n        for key in wanted:",
        "        for key in wanted:",
    ),
    # Runs
    fault("a run under two jobs keeps one", "_merge_said(self.said, other.said)", "_merge_said(self.said, {})"),
    fault(
        "FAIL does not outrank COMPLETE",
        '"RUNNING", "COMPLETE", "ABORT", "FAIL")',
        '"RUNNING", "ABORT", "FAIL", "COMPLETE")',
    ),
    fault("a run may be its own parent", "if other and other != run:", "if other:"),
    fault(
        "a run id that is no UUID is known everywhere",
        'else key("run", job_namespace, run_id)',
        'else key("run", run_id)',
    ),
    fault("shared code and environments are never removed", "change.orphans.add(target)", "pass"),
    # Structure
    fault(
        "a later lineage facet replaces an earlier one",
        "self.lineage[output] = sorted({*self.lineage.get(output, ()), *names})",
        "self.lineage[output] = sorted(names)",
    ),
    fault(
        "column lineage makes an input a stated one", "COLUMN_LINEAGE if name in stated else COLUMN", "COLUMN_LINEAGE"
    ),
    fault("inputs that no column lineage names are dropped", "    if by_column:\n", "    if False:\n"),
    fault(
        "inputs that only column lineage names are dropped",
        "COLUMN_LINEAGE, frozenset(access.columns[1])",
        "COLUMN_LINEAGE, frozenset(access.columns[1]) & stated",
    ),
    fault("an empty lineage facet says nothing", "if output in said.lineage:", "if said.lineage.get(output):"),
    fault(
        "one group is always the whole run",
        "whole = len(groups) == 1 and next(iter(groups)) == everything",
        "whole = len(groups) == 1",
    ),
    fault(
        "a step is told by its inputs",
        "step_digest(outputs)\n        named",
        "step_digest(sorted(group))\n        named",
    ),
    fault("an input in no group is dropped", "for name in everything.difference(*groups):", "for name in ():"),
    # Design level
    fault(
        "a run that stops reading still counts",
        "            each[RUNS] -= 1",
        "            pass",
        by="tests/projection/test_model_laws_flow.py",
    ),
    fault("an edge outlives its only support", "            del facts.edges[name]", "            pass"),
    fault(
        "an end outlives the run that made it",
        "return old.at not in facts.closers and not any(",
        "return True or not any(",
    ),
    fault(
        "the wiring counts events, not runs",
        "    alone = each[RUNS] + each[STATIC] == 1\n",
        "    each[RUNS] += 1\n    alone = each[RUNS] + each[STATIC] == 1\n",
    ),
    fault(
        "a late event opens an ended edge",
        "    each[ENDED] = _next(facts.closers, each[AT])\n    return True",
        "    each[ENDED] = OPEN_END\n    return True",
    ),
    fault("JobEvents end no edge", "Support(token[:30], True,", "Support(token[:30], False,"),
    fault("runs that failed end edges", "run.state == COMPLETE, _wires(", "True, _wires("),
    fault(
        "a run ends edges of its own time",
        "if closer > at)",
        "if closer >= at)",
        "if each[AT] < at < each[ENDED]:",
        "if each[AT] <= at < each[ENDED]:",
    ),
    fault(
        "what an edge rests on may be withdrawn",
        "return bool(each[FIRST] == first or",
        "return False and bool(each[FIRST] == first or",
    ),
    fault(
        "ends before the kept closers are forgotten",
        "if facts.closers_cut and each[AT] < facts.closers[0]:",
        "if False:",
    ),
    fault("a withdrawn edge stays", "change.removed_edges.add(identity)", "pass"),
    # Time
    fault("a write that is withdrawn rebinds no read", "changed[head[1]][1] < head[0]:", "False:"),
    fault(
        "the first reading known stays the first",
        "if not known or first < facts.first_read:",
        "if not known:",
    ),
    fault(
        "a read sees what is written at its very moment",
        "if head[0] < at:",
        "if head[0] <= at:",
        "if now and now < at]",
        "if now and now <= at]",
        'bisect_left(self.entries, (at, ""))',
        'bisect_left(self.entries, (at + "~", ""))',
    ),
    fault("ABORT counts as a good write", "ok = portion.state <= COMPLETE\n", "ok = portion.state <= COMPLETE + 1\n"),
    fault(
        "a late write rebinds no read",
        "head is None or _concerns(every, self.facts.last_read)",
        "head is None",
    ),
    fault("a late read sees the newest write known", "return best if complete else None", "return best"),
    fault(
        "a stream writes at its end",
        "if portion.state == COMPLETE and not portion.streams else",
        "if portion.state == COMPLETE else",
    ),
    fault("an unfinished write counts from its last event", "output.first[:30]", "output.last[:30]"),
    fault(
        "what stands for a version is never worked out again",
        'facts.alias, facts.substitute = "", ""',
        'facts.alias, stood = "", facts.substitute',
        "facts.substitute = max((e",
        "facts.substitute = stood or max((e",
    ),
    fault(
        "a late write stands for no version",
        "if _concerns(self.plain, self.facts.last_named):",
        "if False:",
    ),
    fault(
        "a DatasetEvent rebinds no reader of its version",
        "            if facts.first_read or any(other.first_read and not other.known() for other in others):\n",
        "            if False:\n",
    ),
    fault("a failed writer makes a version good", "if ok), default", "), default"),
    fault(
        "one version a run",
        "self.named = sorted({*self.named, *other.named})",
        "self.named = other.named",
    ),
    fault("a timeline that was worked out whole is moved on as well", "if first not in without:", "if True:"),
    # Facets of one access, of windows, of tags and triggers
    fault("a report of a table adds to version facets", "return self.snapshots or self.named", "return self.named"),
    fault(
        "a version that a report withdraws stays written",
        "if any(change.unnames() for change in self.changes):",
        "if False:",
    ),
    fault("windows of a stream add up", "window[1] if window else said", "said"),
    fault("the first window known stays", "or window[0] > self.windows[job][0]:", "or False:"),
    fault("a rename adds to a lineage facet", "if evidence[output] != LINEAGE and said", "if said"),
    fault("a rename is an input like others", "        return RENAMED", "        pass"),
    fault(
        "what was measured of an output always counts",
        "if of_output and not (of_input and of_input[0] > of_output[0]):",
        "if of_output:",
    ),
    fault(
        "what was triggered is as said first",
        "merge_registers(self.triggers, other.triggers)",
        "self.triggers = {**other.triggers, **self.triggers}",
    ),
    fault("a tag goes with the first that loses it", '"column", "tag"}', '"column"}'),
    fault(
        "a step without a job tells when it was first said",
        ', facts.registers.get("lineage"), facts',
        ", facts",
        by="tests/projection/test_model_laws_lineage.py",
    ),
    # Columns, aliases, labels
    fault("what a query read of a table is its schema", "if partial else None)", "if False else None)"),
    fault("a partial schema hides a whole one", "for said in (whole, used) if", "for said in (used, whole) if"),
    fault(
        "a schema that is deleted as a whole stays in part",
        "used = schema if schema and schema[1] is None else used_schema",
        "used = used_schema",
    ),
    fault(
        "what a partial schema said is not known later",
        "view.contents[digest] = text",
        "pass",
        by="tests/projection/test_model_laws_registers.py",
    ),
    fault("whatever Trino writes is a schema", "saying.changes_some = changes_some(run_facets)", "pass"),
    fault(
        "column lineage said again earlier is not seen", "return before.shapes[digest][0] == tokens[0]", "return True"
    ),
    fault(
        "a lineage facet ends what another one said",
        "if final > last and not facts.adds_up]",
        "if final > last]",
        by="tests/projection/test_model_laws_facets.py",
    ),
    fault("DERIVES never ends", "min(ends)[:30] if ends else OPEN_END", "OPEN_END"),
    fault(
        "DERIVES ends with any other facet",
        "for first, final in lacking if final > last and",
        "for first, final in lacking if",
    ),
    fault(
        "column lineage of other jobs is replaced",
        'key("columns", saying.job, dataset_key(*output))',
        'key("columns", dataset_key(*output))',
    ),
    fault(
        "an alias goes one way",
        "for pair in ((dataset, other), (other, dataset)):",
        "for pair in ((dataset, other),):",
    ),
    fault("versions of a model are not labelled", 'return ("ModelVersion",) if "Model"', 'return () if "Model"'),
    fault(
        "old versions keep their labels",
        "if before and now and version_labels(before) != version_labels(now):",
        "if False:",
    ),
    fault(
        "a statement tells of all outputs of its run",
        "if isinstance(query, str) and len(said.outputs) == 1:\n        (access,) = said.outputs.values()",
        "for access in said.outputs.values() if isinstance(query, str) else ():",
    ),
    *GROUP_FAULTS,
    *FLOW_FAULTS,
    *SHARED_FAULTS,
    *DECISION_FAULTS,
)
