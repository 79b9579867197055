"""The DAG of `test_airflow` by a scheduler with workers of its own (LocalExecutor), as it runs in earnest.

Stricter about what is sent than `airflow dags test` allows: the DAG run has a start, no statement is reported twice.
"""

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import pytest

from tests.ports import free_port
from tests.producers.environments import environment
from tests.producers.test_airflow import CLEAN, DAG, FEATURES, MODEL, PAGE, RAW, SCORES
from tests.producers.watch import Watched, produce, without_settings
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.producers

NAMESPACE = "scheduled"
COMMANDS = (
    ("db", "migrate"),
    ("dags", "reserialize"),
    ("dags", "unpause", "--yes", "shop"),
    ("dags", "trigger", "shop", "--logical-date", "2024-05-02"),
)
SERVICES = (("dag-processor",), ("scheduler", "--skip-serve-logs"))
SENT = {
    "shop": ["START", "FAIL"],
    "shop.extract": ["START", "COMPLETE"],
    "shop.clean": ["START", "COMPLETE"],
    "shop.load": ["START", "COMPLETE"],
    "shop.load.query.1": ["START", "COMPLETE"],
    "shop.load.query.2": ["START", "COMPLETE"],
    "shop.train": ["START", "COMPLETE"],
    "shop.score": 2 * ["START", "COMPLETE"],
    "shop.publish": ["START", "FAIL"],
}
EXPECTED = Counter((job, state) for job, states in SENT.items() for state in states)


def settings(home: Path, port: int) -> dict[str, str]:
    """Return what is set besides the page: the parts of Airflow find each other, and wait long on a busy machine."""
    return {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__CORE__PARALLELISM": "2",
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{port}/execution/",
        "AIRFLOW__WORKERS__EXECUTION_API_TIMEOUT": "300",
        "AIRFLOW__API_AUTH__JWT_SECRET": 4 * "0123456789abcdef",
        "AIRFLOW__API__SECRET_KEY": 4 * "0123456789abcdef",
        "AIRFLOW_CONN_SHOP": json.dumps({"conn_type": "sqlite", "host": str(home / "shop.db")}),
        "SHOP_FAILS": "1",
        "NO_PROXY": "*",
    }


@contextmanager
def running(words: tuple[str, ...], home: Path, variables: Mapping[str, str]) -> Iterator[None]:
    """Run a part of Airflow."""
    path = f"{environment('airflow')}{os.pathsep}{os.environ['PATH']}"
    with (home / f"{words[0]}.log").open("wb") as output:
        process = subprocess.Popen(
            [environment("airflow") / "airflow", *words],
            cwd=home,
            env={**without_settings(), "PATH": path, **variables},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield
        finally:
            process.terminate()
            process.wait(PATIENCE)


@pytest.fixture(scope="module")
def dag(watch: Watched, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """The DAG, triggered once, to its end."""
    home, port = tmp_path_factory.mktemp("scheduler"), free_port()
    (home / "dags").mkdir()
    shutil.copy(DAG, home / "dags")
    variables = {
        **PAGE.variables(watch.url),
        **settings(home, port),
        "AIRFLOW__OPENLINEAGE__NAMESPACE": NAMESPACE,
    }
    for words in COMMANDS:
        done = produce(["airflow", *words], home, environment("airflow"), variables)
        assert done.code == 0, done.output
    with ExitStack() as services:
        services.enter_context(running(("api-server", "--host", "127.0.0.1", "--port", str(port)), home, variables))
        wait_until(lambda: is_up(port), "Airflow's API")
        for service in SERVICES:
            services.enter_context(running(service, home, variables))
        # A task says how it ended after the scheduler has seen it, and may be the last to say something.
        wait_until(lambda: all_said(watch), "the events of the DAG run")
    return watch


def is_up(port: int) -> bool:
    """Return whether the API answers."""
    with suppress(httpx.TransportError):
        return httpx.get(f"http://127.0.0.1:{port}/api/v2/version", trust_env=False).status_code == 200
    return False


def all_said(watch: Watched) -> bool:
    """Return whether the DAG run ended, and as much was sent as is expected of it."""
    found = said(watch)
    return found["shop", "COMPLETE"] + found["shop", "FAIL"] > 0 and found.total() >= EXPECTED.total()


def said(watch: Watched) -> Counter[tuple[str, str]]:
    """Return the jobs and types of the events that came."""
    return Counter((event["job"]["name"], event["eventType"]) for event in watch.events)


def test_every_event_is_in_the_graph(dag: Watched) -> None:
    assert said(dag) == EXPECTED
    dag.check_all_applied(sum(map(len, SENT.values())))


def test_what_is_behind_the_scores_is_the_raw_file_and_the_model(dag: Watched) -> None:
    behind = dag.behind(SCORES, "--level", "run")
    assert behind.names("version") == {SCORES, MODEL, FEATURES, CLEAN, RAW}
    assert {node["namespace"] for node in behind.nodes if node["kind"] == "run"} == {NAMESPACE}


def test_each_mapped_task_is_a_run_of_one_job(dag: Watched) -> None:
    rows = dag.rows(
        "MATCH (r:Run)-[:RUN_OF]->(:Job {namespace: $namespace, name: 'shop.score'}) "
        "OPTIONAL MATCH (r)-[:WROTE]->(v) RETURN r.state AS state, v.key AS version",
        namespace=NAMESPACE,
    )
    assert [row["state"] for row in rows] == ["COMPLETE", "COMPLETE"]
    assert len({row["version"] for row in rows} - {None}) == 2


def test_tasks_are_part_of_their_dag_run_and_only_what_failed_is_failed(dag: Watched) -> None:
    rows = dag.rows(
        "MATCH (r:Run)-[:RUN_OF]->(j:Job {namespace: $namespace}) OPTIONAL MATCH (r)-[:PART_OF]->(p:Run)"
        "-[:RUN_OF]->(q:Job) RETURN j.name AS job, r.state AS state, q.name AS whole",
        namespace=NAMESPACE,
    )
    assert len(rows) == sum(map(len, SENT.values())) / 2
    tasks = {row["job"] for row in rows if row["whole"] == "shop"}
    assert tasks == {job for job in SENT if job.count(".") == 1}
    assert {row["job"] for row in rows if row["state"] == "FAIL"} == {"shop", "shop.publish"}
