"""Assets of Dagster, materialized as the page in `integrations/guides` says: columns, partitions, checks, a failure."""

import shutil
from pathlib import Path

import pytest

from tests.docs.guides import guide
from tests.producers.environments import environment
from tests.producers.watch import Watched, produce

pytestmark = pytest.mark.producers

PAGE = guide("dagster")
JOB = Path(__file__).with_name("jobs") / "dagster" / "shop.py"
COMMANDS = (
    ("job", "execute", "-f", "shop.py", "-j", "build"),
    ("asset", "materialize", "-f", "shop.py", "--select", "shop/scores", "--partition", "2024-05-01"),
    ("job", "execute", "-f", "shop.py", "-j", "broken"),
)
SENT = 11
"""Start and end of five assets, and a check."""


@pytest.fixture(scope="module")
def assets(watch: Watched, tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """The assets of these tests, each materialized once, or not."""
    home = tmp_path_factory.mktemp("dagster")
    shutil.copy(JOB, home)
    (home / "dagster.yaml").write_text(PAGE.block("yaml", watch.url).replace("/opt/dagster", str(home)))
    variables = {**PAGE.variables(watch.url), "DAGSTER_HOME": str(home), "DAGSTER_DISABLE_TELEMETRY": "1"}
    done = [produce(["dagster", *words], home, environment("dagster"), variables) for words in COMMANDS]
    assert [one.code for one in done] == [0, 0, 1], "".join(one.output for one in done)
    return watch


def test_every_event_is_in_the_graph(assets: Watched) -> None:
    assets.check_all_applied(SENT)


def test_behind_an_asset_is_what_its_column_lineage_names(assets: Watched) -> None:
    behind = assets.behind("dataset|dagster|shop/features", "--level", "design")
    assert behind.names("dataset") == {"shop/features", "shop/clean_orders"}
    # Dagster knows these, and does not say so.
    behind = assets.behind("dataset|dagster|shop/scores", "--level", "design")
    assert behind.names("dataset") == {"shop/scores"}


def test_assets_of_one_run_are_steps_of_it(assets: Watched) -> None:
    rows = assets.rows(
        "MATCH (r:Run)-[:HAS_STEP]->(s)-[:WROTE]->(v)-[:VERSION_OF]->(d:Dataset {namespace: 'dagster'}) "
        "RETURN r.key AS run, collect(DISTINCT d.name) AS written"
    )
    assert [set(row["written"]) for row in rows] == [{"shop/raw_orders", "shop/clean_orders", "shop/features"}]


def test_a_check_that_does_not_hold_is_of_the_version_that_its_run_made(assets: Watched) -> None:
    rows = assets.rows(
        "MATCH (r:Run)-[:REPORTED]->(a:Assertion {name: 'spend_is_positive'})-[:CHECKED]->(v)-[:VERSION_OF]->(d) "
        "RETURN d.name AS dataset, a.success AS success, EXISTS { (r)-[:HAS_STEP]->()-[:WROTE]->(v) } AS made"
    )
    assert rows == [{"dataset": "shop/features", "success": False, "made": True}]


def test_an_asset_is_made_of_what_its_run_made_before(assets: Watched) -> None:
    rows = assets.rows(
        "MATCH (r:Run)-[:HAS_STEP]->()-[:WROTE]->(v)-[:READ_BY]->(s)<-[:HAS_STEP]-(r) "
        "MATCH (v)-[:VERSION_OF]->(read), (s)-[:WROTE]->()-[:VERSION_OF]->(made) "
        "RETURN read.name AS read, made.name AS made"
    )
    assert rows == [{"read": "shop/clean_orders", "made": "shop/features"}]


def test_what_failed_is_failed_and_partitions_are_nominal_times(assets: Watched) -> None:
    rows = assets.rows(
        "MATCH (r:Run)-[:RUN_OF]->(j:Job {namespace: 'dagster'}) "
        "RETURN j.name AS job, r.state AS state, toString(r.nominalStart) AS nominal"
    )
    assert {row["job"] for row in rows if row["state"] == "FAIL"} == {"shop/never"}
    assert {row["job"] for row in rows if row["nominal"]} == {"shop/scores"}
