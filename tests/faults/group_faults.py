"""Faults to plant in how the names of a dataset are one, and in what is said of parents and kept of facets."""

from typing import Final

from tests.faults.fault import fault

GROUP_FAULTS: Final = (
    # Groups of names
    fault("a link joins one way", "            near[other].add(dataset)\n", ""),
    fault(
        "names that are joined keep what they read",
        "if len(former) > 1 or not names <= set(group):",
        "if not names <= set(group):",
    ),
    fault(
        "names that are parted keep what they read",
        "if len(former) > 1 or not names <= set(group):",
        "if len(former) > 1:",
    ),
    fault(
        "a name parted from others is not told of them",
        "every = group.union(former)",
        "every = group",
    ),
    fault(
        "the ends of a timeline stay with the name that led it",
        "        _move_ends(view.datasets.now[first], view.datasets.now[group[0]])",
        "        pass",
    ),
    fault(
        "a link that is taken back still joins",
        "links(dataset, facts) != links(dataset, view.datasets.before(dataset))",
        "links(dataset, facts) - links(dataset, view.datasets.before(dataset))",
    ),
    fault(
        "a version known under another name is inferred",
        "return (facts.alias, False, version)",
        "return (facts.alias, True, version)",
    ),
    fault(
        "a version is that of the greatest other name",
        'return next((name for name, facts in others_of(view, dataset, version).items() if facts.known()), "")',
        'return max((name for name, facts in others_of(view, dataset, version).items() if facts.known()), default="")',
    ),
    fault(
        "what stands for a version outdoes another name's",
        "facts.alias = alias_of(view, facts.dataset, facts.version)",
        'facts.alias = ""',
    ),
    fault(
        "a write under one name rebinds no reader under another",
        "return bool(facts.substitute or facts.alias) or any(o.first_read and not o.known() for o in others)",
        "return bool(facts.substitute or facts.alias)",
    ),
    fault("of two names of what a run read the last one tells", "in sorted(reads, reverse=True):", "in sorted(reads):"),
    # What is said of parents, and what is kept
    fault(
        "what a child says of its parent's run is not heard",
        "        merge_registers(saying.runs[run].registers, registers)\n",
        "",
    ),
    fault(
        "the legacy key of the parent outdoes the one of today",
        'registers.get("parent") or registers.get("parentRun")',
        'registers.get("parentRun") or registers.get("parent")',
    ),
    fault("a facet is kept as long as it is", "if len(text) <= MAX_KEPT:", "if True:"),
    fault(
        "a column goes with the tag that named it",
        'facts.columns = sorted({*facts.columns, *columns} - {""})',
        'facts.columns = sorted({*columns} - {""})',
    ),
    fault("elements of a list are never worth keeping", "any(_says_more(each, known) for each in value)", "False"),
    fault(
        "what cannot be read is not worth keeping",
        "if not known.kind.reads(value):\n        return says_anything(value)",
        "if not known.kind.reads(value):\n        return False",
    ),
    fault(
        "a row without what it is known by is not worth keeping",
        "if not kind.reads(value.get(name)):\n            return says_anything(value)",
        "if not kind.reads(value.get(name)):\n            return False",
    ),
)
