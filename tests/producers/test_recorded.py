"""What real producers sent, recorded: it stands in where they are not run, and says the same in every order."""

import json
import random
import re
from functools import cache
from pathlib import PurePosixPath
from typing import Final

import pytest
from headwater_collector.answers.node import names_in
from headwater_collector.event import Event
from headwater_collector.projection.projector import apply
from headwater_graph.keys import column_key, dataset_key

from tests.producers.recording import FOLDER, names, recorded
from tests.reference.graph import Graph, differences
from tests.reference.memory_graph import MemoryGraph
from tests.reference.model import expected_graph
from tests.reference.whole import whole_event

_AIRFLOW: Final = {
    ("orders.csv", "shop.public.clean_orders"),
    ("shop.public.clean_orders", "shop.public.customer_features"),
    ("shop.public.customer_features", "churn"),
    ("shop.public.customer_features", "shop.public.scores"),
    ("churn", "shop.public.scores"),
}
WIRED: Final = {
    "airflow": _AIRFLOW,
    "airflow_scheduler": _AIRFLOW,
    "dagster": {("clean_orders", "features")},
    "dagster-sensor": set(),
    "dbt": {
        ("shop.main.raw_orders", "shop.main.stg_orders"),
        ("shop.main.raw_customers", "shop.main.customer_features"),
        ("shop.main.stg_orders", "shop.main.customer_features"),
        ("shop.lake.clicks", "shop.main.customer_features"),
        ("read_csv", "shop.main.customer_features"),
        ("shop.main.customer_features", "shop.main.scores"),
    },
    "debezium": {
        (table, topic)
        for table in ("shop.public.orders", "shop.public.customers")
        for topic in ("shop.public.orders", "shop.public.customers")
    },
    "feast": {
        ("customer_features_source", "customer_features"),
        ("customer", "customer_features"),
        ("customer_features", "churn_v1"),
        ("customer_features", "online_store_customer_features"),
        ("customer_features_source", "online_store_customer_features"),
        ("customer", "online_store_customer_features"),
    },
    "flink": {
        ("shop.public.orders", "customer_orders"),
        ("shop.public.customers", "customer_names"),
        ("shop.public.customers", "customer_counts"),
        ("customer_orders", "never"),
    },
    "great-expectations": set(),
    "hive": {
        ("orders.csv", "shop.raw_orders"),
        ("shop.customers", "shop.customer_features"),
        ("shop.raw_orders", "shop.customer_features"),
        ("shop.customer_features", "shop.scores"),
        ("shop.big_spenders", "shop.scores"),
        ("shop.scores", "exported"),
    },
    "spark": {
        ("customers.csv", "customer"),
        ("orders.json", "customer"),
        ("customer", "country_spend"),
        ("country_spend", "country_spend"),
        ("customer", "predictions"),
        ("customer", "never"),
    },
    "trino": {
        ("tpch.tiny.orders", "memory.raw.orders"),
        ("tpch.tiny.customer", "memory.raw.customers"),
        ("memory.raw.orders", "lake.shop.customer_features"),
        ("memory.raw.customers", "lake.shop.customer_features"),
        ("lake.shop.customer_features", "lake.shop.big_spenders"),
        ("lake.shop.big_spenders", "lake.shop.scores"),
        ("lake.shop.customer_features", "lake.shop.scores"),
        ("memory.raw.customers", "lake.shop.scores"),
        ("lake.shop.scores", "lake.shop.scores"),
    },
}
"""Which dataset feeds which through a job or a step of one, by the last parts of their names."""
FAILED: Final = {
    "airflow": {"shop", "shop.publish"},
    "airflow_scheduler": {"shop", "shop.publish"},
    "dagster": {"shop/never"},
    "dagster-sensor": {"broken", "broken.shop__never"},
    "debezium": set[str](),
    "dbt": {"dbt-run-shop", "shop.main.shop.scores"},
    "feast": set[str](),
    "flink": set[str](),
    "great-expectations": set[str](),
    "hive": {"score.shop.scores"},
    "spark": {"shop_features.execute_insert_into_hadoop_fs_relation_command.lake_never"},
    "trino": {"20261123_222348_00013_h33e6"},
}
"""The jobs of which a run failed."""

each = pytest.mark.parametrize("name", WIRED)


@cache
def events(name: str) -> tuple[Event, ...]:
    return tuple(whole_event(body) for body in recorded(name))


def project(sent: list[Event]) -> Graph:
    memory = MemoryGraph()
    for event in sent:
        apply(memory, [event])
    return memory.graph


def _last(key: str) -> str:
    return PurePosixPath(names_in(key)[1]).name


def test_each_producer_is_recorded_and_little_of_it() -> None:
    assert set(names()) == set(WIRED) == set(FAILED)
    assert 80 <= sum(len(events(name)) for name in names()) <= 160
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 300_000


@each
def test_where_it_was_recorded_is_not_told(name: str) -> None:
    text = b"\n".join(recorded(name)).decode()
    assert not re.search(r"/(?:tmp|root|home|var|usr|opt|work|private|Users)/|pytest-", text)
    assert '"userName":"root"' not in text


@each
def test_the_wiring_is_what_the_producer_said(name: str) -> None:
    graph = project(list(events(name)))
    owners = {target for type_, _, target, _ in graph.edges if type_ == "FEEDS"}
    wired = {
        (_last(source), _last(target))
        for owner in owners
        for source in graph.sources("FEEDS", owner)
        for target in graph.targets("PRODUCES", owner)
    }
    assert wired == WIRED[name]


@each
def test_what_failed_is_failed(name: str) -> None:
    graph = project(list(events(name)))
    runs = graph.of_label("Run").values()
    assert {names_in(run["jobKey"])[1] for run in runs if run.get("state") == "FAIL"} == FAILED[name]


def test_what_two_sessions_of_flink_call_alike_are_two_topics() -> None:
    said = [json.dumps(event.body) for event in events("flink")]
    topics = ("shop.public.orders", "shop.public.customers")
    assert all(any(topic in one and "default_database.orders" in one for one in said) for topic in topics)
    graph = project(list(events("flink")))
    assert [edge for edge in graph.edges if edge[0] == "ALIAS_OF"] == []
    assert [node for node in graph.nodes if "default_catalog" in node and node.startswith("dataset|")] == []


def test_each_result_of_great_expectations_is_a_check_of_the_version_that_was_read() -> None:
    graph = project(list(events("great-expectations")))
    checks = graph.of_label("Assertion")
    assert {(check["name"], check.get("column")): check["success"] for check in checks.values()} == {
        ("expect_column_values_to_be_between", "amount"): False,
        ("expect_column_max_to_be_between", "amount"): True,
        ("expect_column_values_to_not_be_null", "customer"): True,
        ("expect_table_row_count_to_be_between", None): True,
    }
    assert {names_in(version)[1] for check in checks for version in graph.targets("CHECKED", check)} == {
        "public.orders"
    }


TRINO: Final = "trino://trino.example.com:443"
HIVE: Final = "hive://localhost:9083"


@pytest.mark.parametrize(
    ("name", "column", "sources"),
    [
        ("trino", (TRINO, "lake.shop.customer_features", "spend"), {("memory.raw.orders", "totalprice")}),
        (
            "trino",
            (TRINO, "lake.shop.scores", "score"),
            {("lake.shop.big_spenders", "spend"), ("lake.shop.customer_features", "orders")},
        ),
        ("hive", (HIVE, "shop.customer_features", "spend"), {("shop.raw_orders", "amount")}),
        ("hive", (HIVE, "shop.scores", "score"), {("shop.customer_features", "spend")}),
    ],
)
def test_a_column_of_a_query_engine_derives_from_those_that_it_is_computed_from(
    name: str, column: tuple[str, str, str], sources: set[tuple[str, str]]
) -> None:
    graph = project(list(events(name)))
    found = set(graph.sources("DERIVES", column_key(*column)))
    of_rows = {key for key in found if key.endswith("*")}
    assert found - of_rows == {column_key(column[0], *source) for source in sources}


@pytest.mark.parametrize(
    ("name", "table", "changed"), [("trino", "lake.shop.scores", 2), ("spark", "country_spend", 1)]
)
def test_what_a_statement_leaves_of_a_table_lives_on(name: str, table: str, changed: int) -> None:
    graph = project(list(events(name)))
    carried = [
        edge["evidence"]
        for (type_, before, after, _), edge in graph.edges.items()
        if type_ == "CARRIED_INTO" and all(names_in(version)[1].endswith(table) for version in (before, after))
    ]
    assert carried == ["STATEMENT"] * changed


def test_the_columns_of_a_table_of_trino_are_not_only_those_that_queries_used() -> None:
    # Without the INSERT that failed at last, a MERGE of one column and a DELETE of none are the last to name `scores`.
    graph = project([event for event in events("trino") if event.type != "FAIL"])
    told = {names_in(key)[1]: properties for key, properties in graph.of_label("Dataset").items()}
    assert {name: properties["columns"] for name, properties in told.items() if name.startswith("lake.")} == {
        "lake.shop.customer_features": ["custkey", "segment", "spend", "orders"],
        "lake.shop.big_spenders": ["custkey", "spend"],
        "lake.shop.scores": ["custkey", "score"],
    }
    assert told["lake.shop.scores"]["columnTypes"] == ["bigint", "double"]
    assert told["tpch.tiny.customer"]["columns"] == ["mktsegment", "custkey", "name"]  # what was read, for want of more


def test_a_table_of_hive_and_its_folder_are_one() -> None:
    graph = project(list(events("hive")))
    folder = dataset_key("file", "/srv/hive/warehouse/shop.db/scores")
    assert list(graph.targets("ALIAS_OF", dataset_key(HIVE, "shop.scores"))) == [folder]


def test_a_check_of_dagster_is_of_the_version_that_its_run_made() -> None:
    graph = project(list(events("dagster")))
    ((key, check),) = graph.of_label("Assertion").items()
    assert (check["name"], check["success"]) == ("spend_is_positive", False)
    (run,) = graph.sources("REPORTED", key)
    (version,) = graph.targets("CHECKED", key)
    assert names_in(version)[1] == "shop/features"
    (step,) = graph.sources("WROTE", version)
    assert graph.sources("HAS_STEP", step) == {run}
    assert run in graph.targets("READ_BY", version)
    (read,) = graph.sources("READ_BY", step)
    assert names_in(read)[1] == "shop/clean_orders"
    assert {owner for writer in graph.sources("WROTE", read) for owner in graph.sources("HAS_STEP", writer)} == {run}


@each
@pytest.mark.parametrize("seed", range(3))
def test_the_graph_is_that_of_the_model_in_every_order(name: str, seed: int) -> None:
    shuffled = list(events(name))
    random.Random(seed).shuffle(shuffled)
    assert differences(expected_graph(events(name)), project(shuffled)) == []
