"""Trees that people read."""

from io import StringIO
from typing import Any

from headwater_collector.answers import present
from rich.console import Console

Json = dict[str, Any]


def _dataset(name: str, distance: int, **more: Any) -> Json:
    return {"key": f"dataset|n|{name}", "kind": "dataset", "namespace": "n", "name": name, "distance": distance, **more}


def _job(name: str, distance: int) -> Json:
    return {"key": f"job|n|{name}", "kind": "job", "namespace": "n", "name": name, "distance": distance}


def _answer(nodes: list[Json], edges: list[tuple[str, str]], **more: Any) -> Json:
    shown = [{"source": a, "target": b, "type": "FEEDS"} for a, b in edges]
    return {
        "direction": "upstream",
        "level": "design",
        "of": nodes[0],
        "starts": [nodes[0]["key"]],
        "nodes": nodes,
        "edges": shown,
        "complete": True,
        "stoppedBy": [],
        "hidden": 0,
        "inferred": 0,
        "pending": 0,
        **more,
    }


def _lines(answer: Json) -> list[str]:
    out = StringIO()
    Console(file=out, width=200, legacy_windows=False).print(present.tree(answer))
    return [line.rstrip() for line in out.getvalue().splitlines()]


DIAMOND = _answer(
    [_dataset("d", 0), _job("l", 1), _job("r", 1), _dataset("top", 1)],
    [
        ("job|n|l", "dataset|n|d"),
        ("job|n|r", "dataset|n|d"),
        ("dataset|n|top", "job|n|l"),
        ("dataset|n|top", "job|n|r"),
    ],
)


def test_each_node_is_drawn_once_and_named_elsewhere() -> None:
    assert _lines(DIAMOND) == [
        "Upstream of d  wiring",
        "└── d  n",
        "    ├── l  n",
        "    │   └── top  n",
        "    └── r  n",
        "        └── top  n  (shown elsewhere)",
    ]


def test_a_node_is_drawn_where_the_way_to_it_is_shortest() -> None:
    nodes = [_dataset("d", 0), _job("a", 1), _dataset("far", 1), _job("b", 2), _dataset("top", 1)]
    edges = [("job|n|a", "dataset|n|d"), ("dataset|n|far", "job|n|a"), ("job|n|b", "dataset|n|far")]
    edges += [("dataset|n|top", "job|n|b"), ("dataset|n|top", "job|n|a")]
    lines = _lines(_answer(nodes, edges))
    assert "    └── top  n" in [line[4:] for line in lines]
    assert sum("(shown elsewhere)" in line for line in lines) == 1


def test_a_cycle_ends() -> None:
    nodes = [_dataset("d", 0), _job("j", 1)]
    answer = _answer(nodes, [("job|n|j", "dataset|n|d"), ("dataset|n|d", "job|n|j")])
    assert _lines(answer)[-1] == "        └── d  n  (shown elsewhere)"


def test_a_chain_of_thousands_is_drawn() -> None:
    nodes = [_dataset(f"d{i}", i) for i in range(3_000)]
    answer = _answer(nodes, [(f"dataset|n|d{i + 1}", f"dataset|n|d{i}") for i in range(2_999)])
    assert len(list(present.remarks(answer))) == 1
    root = present.branches(answer)[0]
    deep = 0
    while root.children:
        root, deep = root.children[0], deep + 1
    assert deep == 2_999


def test_downstream_goes_the_other_way() -> None:
    answer = {**DIAMOND, "direction": "downstream", "starts": ["dataset|n|top"], "of": DIAMOND["nodes"][3]}
    assert _lines(answer)[:3] == ["Downstream of top  wiring", "└── top  n", "    ├── l  n"]


RUN_LEVEL = _answer(
    [
        {
            "key": "version|n|p|run|run%7C1234567890ab",
            "kind": "version",
            "dataset": "dataset|n|p",
            "namespace": "n",
            "name": "p",
            "source": "RUN",
            "writtenAt": "2026-01-02T03:04:05.123456789Z",
            "distance": 0,
            "checks": [{"name": "not_null", "column": "x", "success": False, "expected": "0", "actual": "3"}],
        },
        {
            "key": "run|1234567890ab",
            "kind": "run",
            "runId": "1234567890ab",
            "namespace": "n",
            "name": "score [daily]",
            "state": "FAIL",
            "startedAt": "2026-01-02T03:00:00Z",
            "endedAt": "2026-01-02T03:04:05Z",
            "code": {"repository": "git@x/y", "version": "abcdef0123456789", "branch": "main", "dirty": True},
            "params": ["depth=3"],
            "seeds": ["numpy=7"],
            "metrics": [{"name": "auc", "value": 0.5, "split": "test", "step": 3}],
            "environment": "environment|1",
            "error": "out of memory\nTraceback",
            "distance": 1,
        },
        {
            "key": "version|n|m|v|2",
            "kind": "version",
            "dataset": "dataset|n|m",
            "namespace": "n",
            "name": "m",
            "version": "2",
            "source": "EXPLICIT",
            "role": "ModelVersion",
            "distance": 1,
        },
    ],
    [],
    level="run",
    resolved={"why": "newest version of the dataset"},
    environments=[{"key": "environment|1", "python": "3.12.1", "os": "Debian 12", "packages": ["a==1", "b==2"]}],
)
RUN_LEVEL["edges"] = [
    {"source": "run|1234567890ab", "target": "version|n|p|run|run%7C1234567890ab", "type": "WROTE"},
    {"source": "version|n|m|v|2", "target": "run|1234567890ab", "type": "READ_BY", "inferred": True, "role": "model"},
]


def test_what_stands_behind_a_run_is_beneath_it() -> None:
    assert _lines(RUN_LEVEL) == [
        "Upstream of p@run:12345678  run-exact, from the newest version of the dataset",
        "└── p@run:12345678  n",
        "    ├── written 2026-01-02 03:04:05Z",
        "    ├── FAILED CHECK not_null on x: expected 0, actual 3",
        "    └── score [daily]  run 12345678  FAIL  n",
        "        ├── time 2026-01-02 03:00:00Z to 2026-01-02 03:04:05Z",
        "        ├── code git@x/y@abcdef012345 (main, with uncommitted changes)",
        "        ├── params depth=3",
        "        ├── seeds numpy=7",
        "        ├── metrics auc=0.5 (test step 3)",
        "        ├── environment Python 3.12.1, Debian 12, a==1, b==2",
        "        ├── error out of memory",
        "        └── m@2  model  n  as model  inferred",
    ]


def test_what_an_answer_lacks_is_told() -> None:
    answer = {**DIAMOND, "complete": False, "stoppedBy": ["depth", "limit"], "inferred": 1, "pending": 2, "hidden": 3}
    assert list(present.remarks(answer)) == [
        "4 nodes, 4 edges",
        "NOT COMPLETE: stopped by depth, limit",
        "3 hidden from you",
        "1 reading inferred: of the newest version written before, or an unknown one",
        "2 events accepted but not yet in the graph",
    ]
