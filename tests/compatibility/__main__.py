"""``python -m tests.compatibility --report report.json``: consumer scenarios of the OpenLineage compatibility tests."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import httpx

from tests.compatibility.comparison import shortened
from tests.compatibility.report import FAILURE, report
from tests.compatibility.scenario import CONSUMER, Scenario, of_checkout, recorded
from tests.compatibility.state import state
from tests.compatibility.validator import taken, validate
from tests.faults.served import Headwater
from tests.ports import free_port
from tests.waiting import PATIENCE

_FOLDER = click.Path(path_type=Path, file_okay=False)


@click.command()
@click.option("--report", "target", type=click.Path(path_type=Path), default="report.json", help="File to write.")
@click.option("--scenarios", type=_FOLDER, help="The folder consumer/scenarios of a checkout, instead of the corpus.")
@click.option("--consumer", type=_FOLDER, default=CONSUMER, help="The folder with what is expected of Headwater.")
@click.option("--dump", type=_FOLDER, help="Write what the graph holds here instead, as a draft of what to expect.")
def main(target: Path, scenarios: Path | None, consumer: Path, dump: Path | None) -> None:
    """Take each scenario into a Headwater started for it and compare the graph with what is expected."""
    found = of_checkout(scenarios, consumer) if scenarios else recorded()
    if not found:
        sys.exit("No scenarios are here: name them with --scenarios, or the recorded events with HEADWATER_CORPUS.")
    with started() as server, httpx.Client(base_url=server.url, timeout=PATIENCE, trust_env=False) as http:
        if dump:
            for scenario in found:
                write_state(server, http, scenario, dump / scenario.name / "validation")
            return
        validated = [validate(server, http, scenario, consumer) for scenario in found]
    target.write_text(json.dumps(report(validated), indent=2) + "\n", encoding="utf-8")
    for one in validated:
        print(f"{one.name}: {one.status}, {len(one.tests)} tests")
        for test in (test for test in one.tests if test.status == FAILURE):
            print(f"  {test.name}", *test.details, sep="\n    ")
    sys.exit(any(one.status == FAILURE for one in validated))


@contextmanager
def started() -> Iterator[Headwater]:
    """Lend a Headwater with a Neo4j of its own."""
    with TemporaryDirectory() as folder:
        server = Headwater(Path(folder), bolt_port=free_port()).start()
        try:
            yield server
        finally:
            server.stop()


def write_state(server: Headwater, http: httpx.Client, scenario: Scenario, folder: Path) -> None:
    """Write what the graph holds after a scenario, one file for each kind of entity that there is."""
    folder.mkdir(parents=True, exist_ok=True)
    with taken(server, http, scenario):
        for kind, rows in state(http).items():
            if rows:
                text = json.dumps(shortened(rows), indent=2, ensure_ascii=False, sort_keys=True)
                (folder / f"{kind}.json").write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
