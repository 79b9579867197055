"""Answers for people: lineage as a tree, the start at its root. Nothing here asks or prints.

Every node is drawn once with what stands behind it, where the way to it is shortest; at other places it is only named.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from headwater_collector.answers.node import names_in, title
from headwater_collector.answers.subgraph import FOLDED

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

Answer = Mapping[str, Any]
Node = Mapping[str, Any]

_ID: Final = 8
_COMMIT: Final = 12
_SECONDS: Final = 19
_FEW_PACKAGES: Final = 12
_FEW_JOBS: Final = 12

_STYLES: Final = {
    "dataset": "cyan",
    "version": "cyan",
    "column": "cyan",
    "job": "magenta",
    "run": "magenta",
}
_STATES: Final = {"COMPLETE": "green", "FAIL": "bold red", "ABORT": "bold red"}
_WORDS: Final = {
    "Model": "model",
    "ModelVersion": "model",
    "FeatureView": "feature view",
    "FeatureService": "feature service",
    "Endpoint": "endpoint",
    "Predictions": "predictions",
}


@dataclass(slots=True)
class Branch:
    """A line of the tree, what is known of its node, and the branches behind it."""

    node: Node
    edge: Mapping[str, Any] | None = None
    again: bool = False
    """The node is drawn in full at another place."""
    children: list["Branch"] = field(default_factory=list)


def branches(answer: Answer) -> list[Branch]:
    """Return the trees of an answer, one for each node that it starts from."""
    nodes = {node["key"]: node for node in answer["nodes"]}
    behind = _behind(answer)
    starts = [key for key in answer["starts"] if key in nodes]
    drawn = set(starts)
    roots = [Branch(nodes[key]) for key in starts]
    level = roots
    while level:  # by breadth, so that a node is drawn in full where the way to it is shortest
        following: list[Branch] = []
        for branch in level:
            for key, edge in behind.get(branch.node["key"], ()):
                child = Branch(nodes[key], edge, again=key in drawn)
                branch.children.append(child)
                if not child.again:
                    drawn.add(key)
                    following.append(child)
        level = following
    return roots


def _behind(answer: Answer) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    near, far = ("target", "source") if answer["direction"] == "upstream" else ("source", "target")
    distance = {node["key"]: node["distance"] for node in answer["nodes"]}
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for edge in answer["edges"]:
        found.setdefault(edge[near], {}).setdefault(edge[far], edge)
    return {key: sorted(ends.items(), key=lambda end: (distance[end[0]], end[0])) for key, ends in found.items()}


def tree(answer: Answer) -> "Tree":
    """Return an answer as a rich tree."""
    from rich.tree import Tree

    environments = {found["key"]: found for found in answer.get("environments", ())}
    top = Tree(heading(answer), guide_style="dim")
    stack = [(top, branch) for branch in reversed(branches(answer))]
    while stack:
        above, branch = stack.pop()
        here = above.add(label(branch))
        if not branch.again:
            for name, value in details(branch.node, environments):
                here.add(_detail(name, value))
            stack.extend((here, child) for child in reversed(branch.children))
    return top


def heading(answer: Answer) -> "Text":
    """Return the line above a tree: what was asked and how much was found."""
    from rich.text import Text

    word = {"design": "wiring", "run": "run-exact", "column": "columns"}[answer["level"]]
    text = Text.assemble((f"{answer['direction'].capitalize()} of {title(answer['of'])}", "bold"), (f"  {word}", "dim"))
    if answer.get("resolved"):
        text.append(f", from the {answer['resolved']['why']}", "dim")
    return text


def remarks(answer: Answer) -> Iterator[str]:
    """Yield what a reader must know of the answer as a whole: how large it is, and what it may lack."""
    yield f"{_count(len(answer['nodes']), 'node')}, {_count(len(answer['edges']), 'edge')}"
    if not answer["complete"]:
        yield f"NOT COMPLETE: stopped by {', '.join(answer['stoppedBy'])}"
    if answer["hidden"]:
        yield f"{answer['hidden']} hidden from you"
    if answer["inferred"]:
        readings = _count(answer["inferred"], "reading")
        yield f"{readings} inferred: of the newest version written before, or an unknown one"
        folded = sum(1 for edge in answer["edges"] if edge.get("evidence") == FOLDED)
        if folded:
            yield f"{folded:,} of them by names: what was written is part of what was read, or the other way round"
    if answer["pending"]:
        yield f"{_count(answer['pending'], 'event')} accepted but not yet in the graph"


def _count(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def label(branch: Branch) -> "Text":
    """Return the line of a node."""
    from rich.text import Text

    node = branch.node
    text = Text(title(node), _STYLES[node["kind"]])
    if node["kind"] == "run":
        text.append(f"  run {str(node['runId'])[:_ID]}", "default")
        text.append(f"  {node.get('state', 'unknown')}", _STATES.get(node.get("state", ""), "yellow"))
        if node.get("unended"):
            text.append(f", no word since {_time(node['lastEventAt'])}", "bold red")
    if node.get("role"):
        text.append(f"  {_WORDS[node['role']]}", "blue")
    if node.get("namespace"):
        text.append(f"  {node['namespace']}", "dim")
    for remark in _edge_remarks(branch.edge or {}):
        text.append(f"  {remark}", "yellow")
    if node.get("parts"):
        text.append(f"  {_count(node['parts'], 'part')}", "yellow")
    if node.get("failed"):
        text.append("  written by a failed run", "bold red")
    if branch.again:
        text.append("  (shown elsewhere)", "dim italic")
    return text


def _edge_remarks(edge: Mapping[str, Any]) -> Iterator[str]:
    if edge.get("role"):
        yield f"as {edge['role']}"
    if edge.get("type") == "ALIAS_OF":
        yield "other name"
    if edge.get("type") == "CARRIED_INTO":
        yield "lives on in it"
    if edge.get("inferred"):
        named = edge.get("namedVersion")
        why = " by its name" if edge.get("evidence") == FOLDED else ""
        yield f"inferred for version {named}" if named else f"inferred{why}"
    if edge.get("subtype") or edge.get("transformation"):
        yield str(edge.get("subtype") or edge["transformation"]).lower()
    if edge.get("masking"):
        yield "masked"


def details(node: Node, environments: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield name and value of what is known of a node beyond its line."""
    if node["kind"] == "version":
        if node.get("writtenAt"):
            yield "written", _time(node["writtenAt"])
        for check in node.get("checks", ()):
            yield ("passed check" if check.get("success") else "FAILED CHECK"), _check(check)
    if node["kind"] == "run":
        yield from _run_details(node, environments)


def _run_details(node: Node, environments: Mapping[str, Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    times = [_time(node[name]) for name in ("startedAt", "endedAt") if node.get(name)]
    if times:
        yield "time", " to ".join(times)
    if node.get("jobs"):
        yield "shared by", _jobs(node["jobs"])
    if node.get("code"):
        yield "code", _code(node["code"])
    if node.get("params"):
        yield "params", ", ".join(node["params"])
    if node.get("seeds"):
        yield "seeds", ", ".join(node["seeds"])
    if node.get("metrics"):
        yield "metrics", ", ".join(_metric(metric) for metric in node["metrics"])
    if node.get("engine"):
        yield "engine", node["engine"]
    if node.get("environment"):
        yield "environment", _environment(environments.get(node["environment"], {}))
    if node.get("error"):
        yield "error", str(node["error"]).strip().partition("\n")[0]


def _jobs(keys: Sequence[str]) -> str:
    few = ", ".join(names_in(key)[1] for key in keys[:_FEW_JOBS])
    return few if len(keys) <= _FEW_JOBS else f"{few} and {len(keys) - _FEW_JOBS:,} more jobs"


def _time(text: str) -> str:
    return text[:_SECONDS].replace("T", " ") + "Z"


def _code(code: Mapping[str, Any]) -> str:
    version = str(code.get("version", ""))[:_COMMIT]
    place = "/".join(str(code[name]) for name in ("repository", "path") if code.get(name))
    extra = [str(code[name]) for name in ("branch", "tag") if code.get(name)]
    if code.get("dirty"):
        extra.append("with uncommitted changes " + str(code.get("diffSha256", ""))[:_COMMIT])
    shown = f"{place}@{version}" if version else place
    return f"{shown} ({', '.join(extra).strip()})" if extra else shown


def _metric(metric: Mapping[str, Any]) -> str:
    where = " ".join(
        [*([metric["split"]] if metric.get("split") else []), *([f"step {metric['step']}"] if "step" in metric else [])]
    )
    value = metric["value"]
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{metric['name']}={shown}" + (f" ({where})" if where else "")


def _environment(environment: Mapping[str, Any]) -> str:
    parts = [f"Python {environment['python']}"] if environment.get("python") else []
    parts += [str(environment[name]) for name in ("os", "image") if environment.get(name)]
    parts += list(environment.get("hardware", ()))
    packages = list(environment.get("packages", ()))
    parts += packages if len(packages) <= _FEW_PACKAGES else [f"{len(packages)} packages"]
    if environment.get("lockSha256"):
        parts.append(f"lock {environment['lockSha256'][:_COMMIT]}")
    return ", ".join(parts)


def _check(check: Mapping[str, Any]) -> str:
    where = f" on {check['column']}" if check.get("column") else ""
    seen = [f"{name} {check[name]}" for name in ("expected", "actual") if check.get(name) is not None]
    return f"{check['name']}{where}" + (f": {', '.join(seen)}" if seen else "")


def _detail(name: str, value: str) -> "Text":
    from rich.text import Text

    return Text.assemble((f"{name} ", "bold red" if name.isupper() or "FAILED" in name else "dim"), value)
