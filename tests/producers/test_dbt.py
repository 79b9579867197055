"""dbt with duckdb, run as the page in `integrations/guides` says: seeds, models, tests, a model that fails."""

import re
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.docs.guides import guide
from tests.faults.served import Headwater
from tests.producers.environments import environment
from tests.producers.watch import Watched, produce, watched

pytestmark = pytest.mark.producers

PAGE = guide("dbt")
RAW = {"raw_customers", "raw_orders", "clicks"}
"""The tables that nothing is behind."""
FUNCTION = "read_csv"
"""What the column lineage calls the file behind `clicks`."""
SEEDS = {"raw_customers", "raw_orders"}


@dataclass(frozen=True)
class Shop:
    """A project that was run, and how often it says that it sent an event."""

    watch: Watched
    sent: int
    codes: list[int]


@pytest.fixture(scope="module")
def shop(watch: Watched, tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """The commands of the page that send when dbt has ended, then a model that fails."""
    commands = [words for words in PAGE.commands("dbt-ol", watch.url) if len(words) == 2]
    failing = ["dbt-ol", "run", "--select", "scores", "--vars", "{broken: true}"]
    return _run(watch, _project(tmp_path_factory), "shop", [*commands, failing], PAGE.variables(watch.url))


@pytest.fixture(scope="module")
def logged(headwater: Headwater, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """The command of the page that sends while dbt works, with its file of settings, on another database."""
    with watched(headwater) as watch:
        commands = [words for words in PAGE.commands("dbt-ol", watch.url) if len(words) > 2]
        project = _project(tmp_path_factory)
        (project / "openlineage.yml").write_text(PAGE.block("yaml", watch.url))
        variables = {name: value for name, value in PAGE.variables(watch.url).items() if name != "OPENLINEAGE_URL"}
        yield _run(watch, project, "logged", commands, variables)


def _project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shutil.copytree(Path(__file__).with_name("jobs") / "dbt", tmp_path_factory.mktemp("dbt") / "shop")


def _run(watch: Watched, project: Path, database: str, commands: list[list[str]], variables: Mapping[str, str]) -> Shop:
    settings = {**variables, "SHOP_DATABASE": f"{database}.duckdb", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false"}
    assert commands
    done = [produce(words, project, environment("dbt"), settings) for words in commands]
    said = [re.findall(r"Emitted (\d+) OpenLineage events", it.output) for it in done]
    assert all(len(found) == 1 for found in said), done[-1].output
    return Shop(watch, sum(int(number) for (number,) in said), [it.code for it in done])


def test_every_event_is_in_the_graph(shop: Shop) -> None:
    assert shop.codes == [0, 0, 0, 1]
    shop.watch.check_all_applied(shop.sent)


def test_every_event_that_is_sent_at_once_is_in_the_graph(logged: Shop) -> None:
    assert logged.codes == [0]
    logged.watch.check_all_applied(logged.sent)


@pytest.mark.parametrize(("database", "besides"), [("shop", {FUNCTION}), ("logged", set())])
def test_what_is_behind_the_last_table_are_the_raw_ones(
    shop: Shop, logged: Shop, database: str, besides: set[str]
) -> None:
    behind = shop.watch.behind(f"{database}.main.scores", "--level", "design")
    found = {name.rpartition(".")[2] for name in behind.names("dataset")}
    assert found == {"scores", "customer_features", "stg_orders", *RAW, *besides}


def test_seeds_that_only_column_lineage_names_are_inputs(shop: Shop) -> None:
    rows = shop.watch.rows(
        "MATCH (d:Dataset {namespace: 'duckdb://shop.duckdb'})-[f:FEEDS]->()-[:PRODUCES]->(:Dataset) "
        "RETURN DISTINCT d.name AS name, f.evidence AS evidence"
    )
    by_columns = {row["name"].rpartition(".")[2] for row in rows if row["evidence"] == "COLUMN"}
    assert by_columns == {*SEEDS, FUNCTION}


def test_a_column_is_followed_to_the_seed(shop: Shop) -> None:
    behind = shop.watch.behind("shop.main.scores#score")
    columns = {(node["name"].rpartition(".")[2], node["field"]) for node in behind.nodes if node["kind"] == "column"}
    assert ("raw_orders", "amount") in columns
    assert ("raw_customers", "country") not in columns


def test_models_are_part_of_the_command(shop: Shop) -> None:
    parts = shop.watch.rows(
        "MATCH (j:Job {namespace: 'shop'})-[:PART_OF]->(p:Job {name: 'dbt-run-shop'}) RETURN j.name AS name"
    )
    models = {row["name"] for row in parts}
    assert {f"shop.main.shop.{name}" for name in ("stg_orders", "customer_features", "scores")} <= models


def test_the_model_that_failed_is_a_failed_run_and_left_the_table_as_it_was(shop: Shop) -> None:
    runs = shop.watch.rows(
        "MATCH (r:Run)-[:RUN_OF]->(:Job {namespace: 'shop', name: 'shop.main.shop.scores'}) "
        "RETURN r.key AS key, r.state AS state ORDER BY r.at"
    )
    assert [row["state"] for row in runs] == ["COMPLETE", "FAIL"]
    commands = shop.watch.rows(
        "MATCH (r:Run)-[:RUN_OF]->(:Job {namespace: 'shop', name: 'dbt-run-shop'}) "
        "WHERE r.state = 'FAIL' RETURN count(r) AS failed"
    )
    assert commands == [{"failed": 1}]
    exact = shop.watch.behind("shop.main.scores", "--level", "run")
    assert runs[0]["key"] in {node["key"] for node in exact.nodes}
    assert runs[1]["key"] not in {node["key"] for node in exact.nodes}
    tables = {name.rpartition(".")[2] for name in exact.names("version")}
    assert tables == {"scores", "customer_features", "stg_orders", *RAW, FUNCTION}


def test_tests_are_checks_of_the_version_that_they_saw(shop: Shop) -> None:
    checks = shop.watch.rows(
        "MATCH (a:Assertion)-[:CHECKED]->(v)-[:VERSION_OF]->(d:Dataset {namespace: 'duckdb://shop.duckdb'}) "
        "WHERE v.writtenAt IS NOT NULL "
        "RETURN a.name AS name, a.column AS column, a.success AS success, d.name AS table ORDER BY table, column, name"
    )
    features, orders = "shop.main.customer_features", "shop.main.stg_orders"
    assert [tuple(row.values()) for row in checks] == [
        ("not_null", "customer_id", True, features),
        ("unique", "customer_id", True, features),
        ("accepted_values", "spend", False, features),
        ("not_null", "order_id", True, orders),
        ("unique", "order_id", True, orders),
    ]


def test_statements_are_part_of_their_model(logged: Shop) -> None:
    rows = logged.watch.rows(
        "MATCH (s:Run)-[:PART_OF]->(m:Run)-[:RUN_OF]->(:Job {name: 'model.shop.scores'}), (s)-[:RUN_OF]->(j:Job) "
        "RETURN j.name AS name, s.state AS state"
    )
    assert rows
    assert {row["state"] for row in rows} == {"COMPLETE"}
    assert all(row["name"].startswith("model.shop.scores.sql.") for row in rows)


def test_a_model_is_one_job_whatever_command_built_it(shop: Shop, logged: Shop) -> None:
    names = shop.watch.rows(
        "MATCH (j:Job {dbtId: 'model.shop.customer_features'}) RETURN j.namespace AS namespace, j.name AS name"
    )
    behind = shop.watch.behind("shop.main.scores", "--level", "design")
    shown = behind.names("job") & {row["name"] for row in names if row["namespace"] == "shop"}
    assert len(names) > 1
    assert shown == {"shop.main.shop.customer_features"}
    assert logged.codes == [0]
