"""An Airflow DAG, run as the page in `integrations/guides` says: assets and datasets, mapped tasks, a failure."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.guides import guide
from tests.producers.environments import environment
from tests.producers.watch import Watched, produce

pytestmark = pytest.mark.producers

PAGE = guide("airflow")
DAG = Path(__file__).with_name("jobs") / "airflow" / "shop.py"
RAW, CLEAN, FEATURES, MODEL, SCORES = (
    "/data/raw/orders.csv",
    "shop.public.clean_orders",
    "shop.public.customer_features",
    "models/churn",
    "shop.public.scores",
)


@dataclass(frozen=True)
class Dag:
    """A DAG that was run, and how often Airflow says that it sent an event."""

    watch: Watched
    sent: int
    output: str


@pytest.fixture(scope="module")
def dag(watch: Watched, tmp_path_factory: pytest.TempPathFactory) -> Dag:
    """The DAG of these tests, once, with the settings of the page."""
    home = tmp_path_factory.mktemp("airflow")
    (home / "dags").mkdir()
    shutil.copy(DAG, home / "dags")
    here = {
        "AIRFLOW_HOME": str(home),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW_CONN_SHOP": json.dumps({"conn_type": "sqlite", "host": str(home / "shop.db")}),
        "SHOP_FAILS": "1",
    }
    variables = {**PAGE.variables(watch.url), **here}
    commands = environment("airflow")
    migrated = produce(["airflow", "db", "migrate"], home, commands, variables)
    assert migrated.code == 0, migrated.output
    done = produce(["airflow", "dags", "test", "shop", "2024-05-01"], home, commands, variables)
    return Dag(watch, done.output.count("Successfully emitted OpenLineage"), done.output)


def test_every_event_is_in_the_graph(dag: Dag) -> None:
    assert "DagRun failed" in dag.output
    assert dag.sent > 20
    dag.watch.check_all_applied(dag.sent)


def test_what_is_behind_the_scores_is_the_raw_file_and_the_model(dag: Dag) -> None:
    behind = dag.watch.behind(SCORES, "--level", "design")
    assert behind.names("dataset") == {SCORES, MODEL, FEATURES, CLEAN, RAW}
    exact = dag.watch.behind(SCORES, "--level", "run")
    assert exact.names("version") == {SCORES, MODEL, FEATURES, CLEAN, RAW}


def test_each_mapped_task_is_a_run_of_one_job(dag: Dag) -> None:
    rows = dag.watch.rows(
        "MATCH (r:Run)-[:RUN_OF]->(:Job {namespace: 'airflow', name: 'shop.score'}) "
        "OPTIONAL MATCH (r)-[:WROTE]->(v) RETURN r.state AS state, v.key AS version"
    )
    assert [row["state"] for row in rows] == ["COMPLETE", "COMPLETE"]
    assert len({row["version"] for row in rows} - {None}) == 2


def test_tasks_are_part_of_their_dag_and_statements_of_their_task(dag: Dag) -> None:
    rows = dag.watch.rows(
        "MATCH (j:Job {namespace: 'airflow'})-[:PART_OF]->(p:Job) RETURN p.name AS parent, collect(j.name) AS parts"
    )
    parts = {row["parent"]: set(row["parts"]) for row in rows}
    tasks = ("extract", "clean", "load", "train", "score", "publish")
    assert parts["shop"] == {f"shop.{task}" for task in tasks}
    assert parts["shop.load"] == {"shop.load.query.1", "shop.load.query.2"}
    runs = dag.watch.rows(
        "MATCH (r:Run)-[:PART_OF]->(p:Run)-[:RUN_OF]->(:Job {namespace: 'airflow', name: 'shop'}) "
        "RETURN count(r) AS tasks, count(DISTINCT p) AS dags"
    )
    assert runs == [{"tasks": len(tasks) + 1, "dags": 1}]


def test_the_task_that_failed_and_its_dag_failed_and_no_other_task(dag: Dag) -> None:
    rows = dag.watch.rows(
        "MATCH (r:Run)-[:RUN_OF]->(j:Job {namespace: 'airflow'}) WHERE NOT j.name CONTAINS '.query.' "
        "RETURN DISTINCT j.name AS job, r.state AS state, r.error AS error ORDER BY job"
    )
    failed = {row["job"]: row["error"] for row in rows if row["state"] == "FAIL"}
    assert set(failed) == {"shop", "shop.publish"}
    assert "exit code 3" in failed["shop.publish"]
    assert {row["state"] for row in rows if row["job"] not in failed} == {"COMPLETE"}
