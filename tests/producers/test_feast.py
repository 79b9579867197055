"""A Feast feature store, applied and materialized as the page in `integrations/guides` says."""

import shutil
from pathlib import Path

import pytest

from tests.docs.guides import guide
from tests.producers.environments import environment
from tests.producers.watch import Watched, produce

pytestmark = pytest.mark.producers

PAGE = guide("feast")
JOBS = Path(__file__).with_name("jobs") / "feast"
SENT = 4
"""A run of the feature views and one of the feature service, complete at once; start and end of a materialization."""
ONLINE = "online_store_customer_features"


@pytest.fixture(scope="module")
def store(watch: Watched, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """The commands of the page on the feature store of these tests."""
    folder = tmp_path_factory.mktemp("feast")
    (folder / "data").mkdir()
    shutil.copy(JOBS / "repo.py", folder)
    commands = environment("feast")
    made = produce(["python", JOBS / "features.py"], folder, commands, {})
    assert made.code == 0, made.output
    (folder / "feature_store.yaml").write_text(PAGE.block("yaml", watch.url))
    for words in PAGE.commands("feast", watch.url):
        done = produce(words, folder, commands, PAGE.variables(watch.url))
        assert done.code == 0, done.output
    return watch


def test_every_event_is_in_the_graph(store: Watched) -> None:
    store.check_all_applied(SENT)


def test_what_is_behind_the_feature_service_is_the_source(store: Watched) -> None:
    behind = store.behind("churn_v1", "--level", "design")
    assert behind.names("dataset") == {"churn_v1", "customer_features", "customer_features_source", "customer"}


def test_all_inputs_count_although_the_last_event_names_fewer(store: Watched) -> None:
    started, completed = (event for event in store.events if event["job"]["name"] == "materialize_shop")
    assert len(completed["inputs"]) < len(started["inputs"]) == 3
    behind = store.behind(ONLINE, "--level", "design")
    assert behind.names("dataset") == {ONLINE, "customer_features", "customer_features_source", "customer"}
    rows = store.rows(
        "MATCH (v)-[:READ_BY]->(r:Run)-[:RUN_OF]->(:Job {name: 'materialize_shop'}), (v)-[:VERSION_OF]->(d) "
        "RETURN r.state AS state, collect(d.name) AS inputs"
    )
    assert [row["state"] for row in rows] == ["COMPLETE"]
    assert sorted(rows[0]["inputs"]) == ["customer", "customer_features", "customer_features_source"]


def test_what_was_applied_is_what_was_materialized(store: Watched) -> None:
    exact = store.behind(ONLINE, "--level", "run")
    assert {node["name"] for node in exact.nodes if node["kind"] == "run"} == {
        "materialize_shop",
        "feast_feature_views_shop",
    }
