"""Plant faults in the projector, one at a time, and see that *graph = model* catches each::

    python -m tests.faults.planted                 # all, some minutes on 2 cores
    python -m tests.faults.planted stream alias    # those whose names hold one of these words

The scripts of ``tests/projection/test_model_equals_graph.py`` are drawn once, ``HEADWATER_EXAMPLES`` of each kind by
a fixed seed (``HEADWATER_SEED``), together with the graph that the model expects of each. A fault is planted in a
temporary copy of the package, never in the checkout, and a process of its own holds it against script after script; one
in what follows operators' decisions against a tenth as many logs that hold decisions, or against a file of tests.
Prints which script caught what, and ends with 1 if a fault survives.
"""

import logging
import os
import pickle
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import headwater_collector
import pytest
from headwater_collector.projection import following, relinking, wiring
from hypothesis import HealthCheck, Phase, given, seed, settings, strategies
from hypothesis.strategies import SearchStrategy

from tests.faults.fault import DECISIONS, EVENTS, Fault, Patch
from tests.faults.planted_faults import FAULTS
from tests.projection import decided_log
from tests.projection.test_model_equals_graph import projected
from tests.reference.graph import Graph, differences
from tests.reference.history_strategies import long_scripts
from tests.reference.model import expected_graph
from tests.reference.strategies import Script, scripts

T = TypeVar("T")

PACKAGE: Final = Path(headwater_collector.__file__).parent
ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = int(os.environ.get("HEADWATER_EXAMPLES", "2000"))
SEED: Final = int(os.environ.get("HEADWATER_SEED", "0"))
AT_ONCE: Final = 10
"""Scripts drawn with one seed; hypothesis varies the same few if it draws many."""
SHORT, LONG = "script", "long script"
CAUGHT, SURVIVED = 3, 0
VERDICTS: Final = {CAUGHT: "caught", SURVIVED: "SURVIVED"}
"""By exit code of the process that holds the fault; any other code is a fault of this command."""


def places(patch: Patch, package: Path = PACKAGE) -> list[Path]:
    """Return the modules of the projection that hold the text to replace, each as often as they hold it."""
    files = sorted((package / "projection").rglob("*.py"))
    return [file for file in files for _ in range(file.read_text(encoding="utf-8").count(patch.old))]


def misfits(fault: Fault) -> list[str]:
    """Return what keeps a fault from being planted: texts that do not stand exactly once in the projection."""
    found = [(patch.old, [file.name for file in places(patch)]) for patch in fault.patches]
    return [f"{fault.name}: in {files}: {old!r}" for old, files in found if len(files) != 1]


@contextmanager
def planted(fault: Fault) -> Iterator[Path]:
    """Lend a folder that holds a copy of the package with the fault in it."""
    with tempfile.TemporaryDirectory(prefix="headwater-fault-") as folder:
        copy = Path(folder) / PACKAGE.name
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        for patch in fault.patches:
            (file,) = places(patch, copy)
            file.write_text(file.read_text(encoding="utf-8").replace(patch.old, patch.new), encoding="utf-8")
        yield Path(folder)


def outcome(fault: Fault, cases: Path) -> tuple[int, str]:
    """Hold the package with this fault in it against the cases; return the exit code and the last line."""
    with planted(fault) as folder:
        path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "tests.faults.planted", "--inside", str(folder), str(cases), fault.by]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = (done.stdout if done.returncode in VERDICTS else done.stderr).splitlines()
    return done.returncode, lines[-1] if lines else ""


def inside(folder: Path, cases: Path, by: str) -> int:
    """Hold the projector of this process, which has the fault, against the cases, or against a file of tests."""
    assert PACKAGE.parent == folder, f"the planted copy is not the one in use: {PACKAGE}"
    if by == EVENTS:
        return against_events(cases)
    return against_decisions(cases) if by == DECISIONS else against_tests(by)


def against_tests(file: str) -> int:
    """Hold the projector against a file of tests."""
    code = pytest.main([file, "-q", "-x", "-p", "no:cacheprovider", "--assert", "plain"])
    print(file)
    return {pytest.ExitCode.OK: SURVIVED, pytest.ExitCode.TESTS_FAILED: CAUGHT}.get(pytest.ExitCode(code), 1)


def against_decisions(cases: Path) -> int:
    """Hold the projector against logs with decisions."""
    logging.disable()
    of_kind = pickle.loads(cases.read_bytes())[DECISIONS]
    for number, (script, steps, batch_size) in enumerate(of_kind, 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(following, "PIECE", 3)
            patch.setattr(relinking.relink_all, "__defaults__", (2,))
            try:
                decided_log.check(script, steps, batch_size)
            except Exception as error:
                print(f"decided log {number}: {[*str(error).splitlines(), '', ''][1] or type(error).__name__}")
                return CAUGHT
    print(f"{len(of_kind)} logs")
    return SURVIVED


def against_events(cases: Path) -> int:
    """Hold the projector against scripts of events."""
    known = pickle.loads(cases.read_bytes())
    for kind, of_kind in ((kind, known[kind]) for kind in (SHORT, LONG)):
        with pytest.MonkeyPatch.context() as patch:
            if kind == LONG:
                patch.setattr(wiring, "KEPT_CLOSERS", 2)  # as the test does
            for number, (script, expected) in enumerate(of_kind, 1):
                problem = refutation(script, expected)
                if problem:
                    print(f"{kind} {number}: {problem}")
                    return CAUGHT
    print(f"{EXAMPLES} scripts of either kind")
    return SURVIVED


def refutation(script: Script, expected: Graph) -> str:
    """Return in a line how the projected graph differs from the expected one; empty if it does not."""
    events = script.events
    try:
        lines = differences(expected, projected([[events[n] for n in batch] for batch in script.batches]).graph)
    except Exception as error:
        return f"{type(error).__name__}: {error}".splitlines()[0]
    return lines[0] if lines else ""


def drawn(strategy: SearchStrategy[Script]) -> list[tuple[Script, Graph]]:
    """Return scripts drawn with the fixed seed, and what the model expects of each."""
    return [(script, expected_graph(script.events)) for script in examples_of(strategy, EXAMPLES)]


def decided() -> list[tuple[Script, list[decided_log.Step], int]]:
    """Return logs with decisions, drawn with the fixed seed."""
    kinds = (
        strategies.tuples(one, decided_log.STEPS, strategies.integers(1, 4)) for one in (scripts(), long_scripts())
    )
    return [case for kind in kinds for case in examples_of(kind, max(EXAMPLES // 10, 1))]


def examples_of(strategy: SearchStrategy[T], most: int) -> list[T]:
    """Return so many examples, drawn with the fixed seed."""
    found: list[T] = []
    for part in range(0, most, AT_ONCE):
        _draw(strategy, SEED * EXAMPLES + part, min(AT_ONCE, most - part), found)
    return found


def _draw(strategy: SearchStrategy[T], number: int, examples: int, found: list[T]) -> None:
    @seed(number)
    @settings(
        max_examples=examples,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def draw(example: T) -> None:
        found.append(example)

    draw()


def main(words: list[str]) -> int:
    """Plant all faults, or those whose names hold one of the words."""
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    unfit = [line for fault in chosen for line in misfits(fault)]
    if unfit or not chosen:
        print("\n".join(unfit or ["no fault has such a name"]), file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(prefix="headwater-faults-") as folder:
        cases = Path(folder) / "cases"
        wanted = {fault.by for fault in chosen}
        found: dict[str, Sequence[object]] = {SHORT: (), LONG: (), DECISIONS: ()}
        if EVENTS in wanted:
            found |= {SHORT: drawn(scripts()), LONG: drawn(long_scripts())}
        if DECISIONS in wanted:
            found[DECISIONS] = decided()
        cases.write_bytes(pickle.dumps(found))
        return hold(chosen, cases)


def hold(faults: Sequence[Fault], cases: Path) -> int:
    """Hold the projector without a fault and with each one against the cases; return the exit code."""
    for by in sorted({fault.by for fault in faults}):
        code, line = outcome(Fault("no fault", (), by), cases)
        print(f"{'no fault':55} {'survived' if code == SURVIVED else 'CAUGHT'} {line}", flush=True)
        if code != SURVIVED:
            return 2
    caught = 0
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        outcomes = pool.map(lambda fault: outcome(fault, cases), faults)
        for fault, (code, line) in zip(faults, outcomes, strict=True):
            caught += code == CAUGHT
            print(f"{fault.name:55} {VERDICTS.get(code, f'ENDED WITH {code}')} {line[:120]}", flush=True)
    print(f"{caught} of {len(faults)} faults caught")
    return int(caught < len(faults))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        sys.exit(inside(Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]))
    sys.exit(main(sys.argv[1:]))
