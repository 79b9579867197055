"""Plant faults in the projector, one at a time, and see that *graph = model* catches each::

    python -m tests.faults.planted                 # all, about 15 minutes on 2 cores
    python -m tests.faults.planted stream alias    # those whose names hold one of these words

A fault is planted in a temporary copy of the package; the checkout is never touched. The two properties of
``tests/projection/test_model_equals_graph.py`` then run with a fixed seed (``HEADWATER_SEED``) for up to
``HEADWATER_EXAMPLES`` examples each. Prints which example caught what, and ends with 1 if a fault survives.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import headwater_collector
import pytest
from headwater_collector.projection import wiring
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from tests.faults.planted_faults import FAULTS, Fault, Patch

PACKAGE: Final = Path(headwater_collector.__file__).parent
ROOT: Final = Path(__file__).parents[2]
EXAMPLES: Final = int(os.environ.get("HEADWATER_EXAMPLES", "2000"))
SEED: Final = int(os.environ.get("HEADWATER_SEED", "0"))
CAUGHT, SURVIVED = 3, 0
VERDICTS: Final = {CAUGHT: "caught", SURVIVED: "SURVIVED"}
"""By exit code of the process that holds the fault; any other code is a fault of this command."""


def places(patch: Patch, package: Path = PACKAGE) -> list[Path]:
    """Return the modules of the projection that hold the text to replace, each as often as they hold it."""
    files = sorted((package / "projection").glob("*.py"))
    return [file for file in files for _ in range(file.read_text(encoding="utf-8").count(patch.old))]


def misfits(fault: Fault) -> list[str]:
    """Return what keeps a fault from being planted: texts that do not stand exactly once in the projection."""
    found = [(patch.old, [file.name for file in places(patch)]) for patch in fault.patches]
    return [f"{fault.name}: in {files}: {old!r}" for old, files in found if len(files) != 1]


@contextmanager
def planted(fault: Fault | None) -> Iterator[Path]:
    """Lend a folder that holds a copy of the package with the fault in it."""
    with tempfile.TemporaryDirectory(prefix="headwater-fault-") as folder:
        copy = Path(folder) / PACKAGE.name
        shutil.copytree(PACKAGE, copy, ignore=shutil.ignore_patterns("__pycache__"))
        for patch in fault.patches if fault else ():
            (file,) = places(patch, copy)
            file.write_text(file.read_text(encoding="utf-8").replace(patch.old, patch.new), encoding="utf-8")
        yield Path(folder)


def outcome(fault: Fault | None) -> tuple[int, str]:
    """Run the properties against the package with this fault in it; return the exit code and the last line."""
    with planted(fault) as folder:
        path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
        environment = {**os.environ, "PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "tests.faults.planted", "--inside", str(folder)]
        done = subprocess.run(command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = (done.stdout if done.returncode in VERDICTS else done.stderr).splitlines()
    return done.returncode, lines[-1] if lines else ""


def inside(folder: Path) -> int:
    """Run both properties in the process that holds the fault."""
    assert PACKAGE.parent == folder, f"the planted copy is not the one in use: {PACKAGE}"
    from tests.projection.test_model_equals_graph import check
    from tests.reference.strategies import long_scripts, scripts

    tried, problem = first_refuted(scripts(), check)
    if problem:
        print(f"script {tried}: {problem}")
        return CAUGHT
    with pytest.MonkeyPatch.context() as patch:  # as that test does
        patch.setattr(wiring, "KEPT_CLOSERS", 2)
        tried, problem = first_refuted(long_scripts(), check)
    if problem:
        print(f"long script {tried}: {problem}")
        return CAUGHT
    print(f"{EXAMPLES} scripts and {tried} long ones")
    return SURVIVED


def first_refuted(strategy: SearchStrategy[Any], holds: Callable[[Any], None]) -> tuple[int, str]:
    """Return how many examples were tried until one was refuted, and its error in a line; without one, no error."""
    tried = 0
    problem = ""

    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    @given(strategy)
    def refute(script: Any) -> None:
        nonlocal tried, problem
        if problem:
            return
        tried += 1
        try:
            holds(script)
        except Exception as error:
            lines = [line.strip() for line in str(error).splitlines()]
            problem = f"{type(error).__name__}: {(lines[1:2] or lines or [''])[0]}"
            raise

    try:
        refute()
    except Exception:
        assert problem
    return tried, problem


def main(words: list[str]) -> int:
    """Plant all faults, or those whose names hold one of the words."""
    chosen = [fault for fault in FAULTS if not words or any(word in fault.name for word in words)]
    unfit = [line for fault in chosen for line in misfits(fault)]
    if unfit or not chosen:
        print("\n".join(unfit or ["no fault has such a name"]), file=sys.stderr)
        return 2
    code, line = outcome(None)
    print(f"{'no fault':55} {'survived' if code == SURVIVED else 'CAUGHT':9} {line[:110]}", flush=True)
    if code != SURVIVED:
        return 2
    caught = 0
    with ThreadPoolExecutor(max_workers=max(1, (os.cpu_count() or 2) // 2)) as pool:
        for fault, (code, line) in zip(chosen, pool.map(outcome, chosen), strict=True):
            caught += code == CAUGHT
            print(f"{fault.name:55} {VERDICTS.get(code, f'ENDED WITH {code}'):9} {line[:110]}", flush=True)
    print(f"{caught} of {len(chosen)} faults caught")
    return int(caught < len(chosen))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--inside"]:
        sys.exit(inside(Path(sys.argv[2])))
    sys.exit(main(sys.argv[1:]))
