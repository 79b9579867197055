"""Faults to plant in what follows operators' decisions: excluded events, and alias rules."""

from typing import Final

from tests.faults.fault import DECISIONS, fault

_EXCLUSION: Final = "tests/projection/test_exclusion.py"
_MENTIONS: Final = "tests/projection/test_mentions.py"

DECISION_FAULTS: Final = (
    # Exclusion
    fault(
        "what an excluded event said is merged with the rest",
        "        getattr(view, kind).begin_anew(scopes[kind])\n",
        "        pass\n",
        by=DECISIONS,
    ),
    fault("a run that nobody speaks of any more stays", "found.gone.add(name)", "pass", by=DECISIONS),
    fault(
        "columns keep what an excluded event said",
        'KINDS: Final = ("runs", "jobs", "datasets", "columns")',
        'KINDS: Final = ("runs", "jobs", "datasets")',
        by=DECISIONS,
    ),
    fault("the wires of an excluded run stay", "for job in sorted(view.jobs.now):\n", "for job in ():\n", by=DECISIONS),
    fault(
        "of the other events only the first is heard",
        "            known[name].merge(facts)\n        elif name in scopes:",
        "            pass\n        elif name in scopes:",
        by=DECISIONS,
    ),
    fault(
        "an exclusion parts the names of a dataset",
        "facts.group, facts.head, facts.plain_head = before.group, before.head, before.plain_head",
        "facts.head, facts.plain_head = before.head, before.plain_head",
        by=_EXCLUSION,
    ),
    fault(
        "an exclusion takes the names that rules give",
        "facts.linked, facts.ruled = before.linked, before.ruled",
        "pass",
        by=DECISIONS,
    ),
    fault(
        "a version that an excluded DatasetEvent named stays",
        "version_facts(view, name, version).event = False",
        "pass",
        by=DECISIONS,
    ),
    fault(
        "a version that nobody names any more stays",
        "if not facts.known() and not facts.first_read\n",
        "if False\n",
        by=_EXCLUSION,
    ),
    fault(
        "an exclusion forgets what else a run read",
        "stands = [name for name in new if name not in again] if before else []",
        "stands = list[str]()",
        by=DECISIONS,
    ),
    fault(
        "an exclusion rebinds no other run",
        "        formed.setdefault(leader(view, dataset), set())\n",
        "        pass\n",
        by=DECISIONS,
    ),
    fault(
        "a name that only an excluded event gave stays",
        "    drop_unnamed(view)\n    runs = list(",
        "    runs = list(",
        by=DECISIONS,
    ),
    # Alias rules
    fault(
        "a name that a rule gave first is linked by no rule",
        "return before is not None and before.named",
        "return before is not None",
        by=DECISIONS,
    ),
    fault(
        "a rule links nothing that comes later",
        "if facts.named and not _was_named(view, name)]",
        "if False]",
        by=DECISIONS,
    ),
    fault(
        "two datasets give a name once",
        "view.datasets.now[target].linked += 1",
        "view.datasets.now[target].linked = 1",
        by="tests/projection/test_rules.py",
    ),
    fault("a name that no rule gives any more stays", "view.datasets.now[target].linked -= 1", "pass", by=DECISIONS),
    fault(
        "rules apply to names that only rules give",
        "_links(rules, facts) if facts.named else []",
        "_links(rules, facts)",
        by=DECISIONS,
    ),
    fault(
        "a change of rules rebinds nothing",
        "        rebind_all(view, first, former)\n    transaction.write(",
        "        pass\n    transaction.write(",
        by=DECISIONS,
    ),
    fault(
        "a rule that goes leaves names joined",
        "in regroup(view, parted=True).items():\n        rebind_all",
        "in regroup(view).items():\n        rebind_all",
        by=DECISIONS,
    ),
    fault("only the first page is linked", "return keys[-1] if keys else None", "return None", by=DECISIONS),
    # Decisions in the log
    fault("an event once excluded stays so", "found.discard(decision.subject)", "pass", by=DECISIONS),
    fault("a rule once added stays so", "found.pop(decision.subject, None)", "pass", by=DECISIONS),
    fault(
        "a decision about what is in the graph already is not followed",
        "return decision <= self._through and event > self._since",
        "return decision <= self._through or event > self._since",
        by=DECISIONS,
    ),
    fault(
        "the end of the log is not read for an exclusion",
        "while after < through:",
        "while after + PIECE <= through:",
        by=DECISIONS,
    ),
    fault("an exclusion takes in what others excluded", " and not left_out(entry)", "", by=DECISIONS),
    # The search for names in bodies
    fault(
        "a run is looked for as it was written",
        "lower = body.lower()",
        "lower = body",
        by=_MENTIONS,
    ),
    fault(
        "names are looked for without their escapes",
        "return orjson.dumps(text)[1:-1]",
        "return text.encode()",
        by=_MENTIONS,
    ),
    fault(
        "bodies with escaped slashes are passed over",
        '(b"\\\\u" in body or b"\\\\/" in body)',
        'b"\\\\u" in body',
        by=_MENTIONS,
    ),
    fault(
        "a run id is never a number",
        " or any(_NUMBER.fullmatch(run) for run in runs)",
        "",
        by=_MENTIONS,
    ),
    fault(
        "datasets are not looked for",
        "            named.update((facts.name, facts.namespace) for facts in saying.datasets.values())\n",
        "",
        by=_MENTIONS,
    ),
)
