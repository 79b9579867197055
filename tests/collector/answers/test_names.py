"""Names as people type them."""

import neo4j
import pytest
from headwater_collector.answers import names
from headwater_collector.errors import BadRequest, NotFound
from headwater_graph.queries import Queries

from tests.graph.drawing import Drawing, migrate

RUN = "0190a1b2-0000-7000-8000-00000000000a"
OTHER = "0190a1b3-0000-7000-8000-00000000000b"


@pytest.fixture
def queries(neo4j_driver: neo4j.Driver) -> Queries:
    migrate(neo4j_driver)
    drawing = Drawing()
    for name in (
        "raw/orders",
        "staging.orders_daily",
        "mart.Orders_Daily",
        "solo",
        "both",
        "a@b#c",
        "x.last",
        "p/last",
    ):
        drawing.dataset(name)
    drawing.dataset("orders", "s3://lake")
    drawing.dataset("/tmp/file.csv", "file")
    drawing.dataset("warehouse.public.customers", "postgres://db:5432")
    drawing.dataset("Überweisung 🌊", "lake")
    drawing.dataset("n" * 100_000, "lake")
    drawing.dataset("job:odd", "lake")
    for name in ("both", "dag.load_orders", "train"):
        drawing.job(name)
    made = drawing.version("solo", "v1", "2026-01-01T00:00:00.000000000Z")
    drawing.version("solo", "v10", "2026-01-02T00:00:00.000000000Z")
    drawing.version("solo", "x", "2026-01-03T00:00:00.000000000Z", failed=True)
    drawing.flow([], drawing.run(RUN, "train"), [made])
    drawing.run(OTHER, "train")
    drawing.run("airflow|manual__2026-01-01", "train")
    drawing.column("solo", "amount")
    drawing.keep(neo4j_driver)
    return Queries(neo4j_driver)


FOUND = [
    ("dataset|lake|solo", "dataset|lake|solo"),
    ("job|airflow|train", "job|airflow|train"),
    (f"run|{RUN}", f"run|{RUN}"),
    ("version|lake|solo|v|v1", "version|lake|solo|v|v1"),
    ("lake/solo", "dataset|lake|solo"),
    ("lake:solo", "dataset|lake|solo"),
    ("dataset:lake/solo", "dataset|lake|solo"),
    ("s3://lake/orders", "dataset|s3://lake|orders"),
    ("file:/tmp/file.csv", "dataset|file|/tmp/file.csv"),
    ("file/tmp/file.csv", "dataset|file|/tmp/file.csv"),
    ("postgres://db:5432/warehouse.public.customers", "dataset|postgres://db:5432|warehouse.public.customers"),
    ("postgres://db:5432:warehouse.public.customers", "dataset|postgres://db:5432|warehouse.public.customers"),
    ("solo", "dataset|lake|solo"),
    ("train", "job|airflow|train"),
    ("raw/orders", "dataset|lake|raw/orders"),
    ("lake/raw/orders", "dataset|lake|raw/orders"),
    ("orders", "dataset|s3://lake|orders"),
    ("customers", "dataset|postgres://db:5432|warehouse.public.customers"),
    ("public.customers", "dataset|postgres://db:5432|warehouse.public.customers"),
    ("CUSTOMERS", "dataset|postgres://db:5432|warehouse.public.customers"),
    ("orders_daily", "dataset|lake|staging.orders_daily"),
    ("Orders_Daily", "dataset|lake|mart.Orders_Daily"),
    ("load_orders", "job|airflow|dag.load_orders"),
    ("file.csv", "dataset|file|/tmp/file.csv"),
    ("job:both", "job|airflow|both"),
    ("dataset:both", "dataset|lake|both"),
    ("job:odd", "dataset|lake|job:odd"),
    ("a@b#c", "dataset|lake|a@b#c"),
    ("Überweisung 🌊", "dataset|lake|Überweisung 🌊"),
    (RUN, f"run|{RUN}"),
    (RUN.upper(), f"run|{RUN}"),
    ("0190a1b3", f"run|{OTHER}"),
    ("run:0190a1b3", f"run|{OTHER}"),
    ("run:airflow|manual__", "run|airflow|manual__2026-01-01"),
    ("solo@v1", "version|lake|solo|v|v1"),
    ("solo@v10", "version|lake|solo|v|v10"),
    ("version:lake/solo@v1", "version|lake|solo|v|v1"),
    ("dataset:solo@v1", "version|lake|solo|v|v1"),
    ("solo@latest", "version|lake|solo|v|v10"),
    ("solo@run:0190a1b2", "version|lake|solo|v|v1"),
    ("solo#amount", "column|lake|solo|amount"),
    ("column:lake/solo#amount", "column|lake|solo|amount"),
    ("solo.amount", "column|lake|solo|amount"),
]


@pytest.mark.parametrize(("text", "key"), FOUND)
def test_what_a_person_types_is_found(queries: Queries, text: str, key: str) -> None:
    assert names.find(queries, text).key == key


@pytest.mark.parametrize(
    ("text", "listed"),
    [
        ("both", ["dataset|lake|both", "job|airflow|both"]),
        ("last", ["dataset|lake|x.last", "dataset|lake|p/last"]),
        ("ORDERS_DAILY", ["dataset|lake|staging.orders_daily", "dataset|lake|mart.Orders_Daily"]),
        ("0190a1b", [f"run|{RUN}", f"run|{OTHER}"]),
        ("last@v1", ["dataset|lake|x.last"]),
        ("solo@v", ["version|lake|solo|v|v1", "version|lake|solo|v|v10"]),
    ],
)
def test_several_meanings_are_listed(queries: Queries, text: str, listed: list[str]) -> None:
    with pytest.raises(BadRequest, match="several things") as error:
        names.find(queries, text)
    assert all(key in str(error.value) for key in listed)


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("custmers", "warehouse.public.customers"),
        ("customer", "warehouse.public.customers"),
        ("load_order", "dag.load_orders"),
        ("stagin.orders_daly", "staging.orders_daily"),
        ("soloo", "solo"),
    ],
)
def test_a_near_miss_is_answered_with_suggestions(queries: Queries, text: str, near: str) -> None:
    with pytest.raises(NotFound, match="Did you mean") as error:
        names.find(queries, text)
    assert near in str(error.value)


@pytest.mark.parametrize("text", ["🌊", "...", "///", '"', "nothing|at all", "(", "a AND", "zzzzqqqq", "x" * 9_999])
def test_what_is_not_there_is_not_found(queries: Queries, text: str) -> None:
    with pytest.raises(NotFound):
        names.find(queries, text)


def test_a_part_that_is_not_on_a_boundary_is_not_found(queries: Queries) -> None:
    with pytest.raises(NotFound):
        names.find(queries, "ustomers")


def test_a_version_or_column_that_is_not_there_is_told(queries: Queries) -> None:
    with pytest.raises(NotFound, match="solo@latest"):
        names.find(queries, "solo@v7")
    with pytest.raises(NotFound, match=r"column price of solo. It names amount\."):
        names.find(queries, "solo#price")


@pytest.mark.parametrize("text", ["", "  ", "x" * 20_000])
def test_no_name_is_told(queries: Queries, text: str) -> None:
    with pytest.raises(BadRequest):
        names.find(queries, text)


def test_search_finds_words_best_first(queries: Queries) -> None:
    found = [item["name"] for item in names.search(queries, "orders daily", 10)]
    assert set(found[:2]) == {"staging.orders_daily", "mart.Orders_Daily"}
    assert names.search(queries, "orders", 1)[0]["name"] == "orders"
    assert names.search(queries, "custom", 5)[0]["name"] == "warehouse.public.customers"
    assert names.search(queries, "!!", 5) == []
