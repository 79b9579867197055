"""Raw orders to scores: assets with columns, with partitions, with a check, and one that fails."""

import dagster as dg

COLUMNS = dg.TableSchema(columns=[dg.TableColumn("customer", "int"), dg.TableColumn("spend", "float")])
LINEAGE = dg.TableColumnLineage(
    {"spend": [dg.TableColumnDep(asset_key=dg.AssetKey(["shop", "clean_orders"]), column_name="amount")]}
)
DAYS = dg.DailyPartitionsDefinition(start_date="2024-05-01")


@dg.asset(key=["shop", "raw_orders"])
def raw_orders() -> int:
    """A value that Dagster stores."""
    return 3


@dg.asset(key=["shop", "clean_orders"], ins={"raw": dg.AssetIn(key=["shop", "raw_orders"])})
def clean_orders(raw: int) -> int:
    """What Dagster knows the input of."""
    return raw


@dg.asset(key=["shop", "features"], deps=[["shop", "clean_orders"]])
def features() -> dg.MaterializeResult:
    """A table that says what its columns are made of."""
    return dg.MaterializeResult(metadata={"dagster/column_schema": COLUMNS, "dagster/column_lineage": LINEAGE})


@dg.asset_check(asset=["shop", "features"])
def spend_is_positive() -> dg.AssetCheckResult:
    """A check that does not hold."""
    return dg.AssetCheckResult(passed=False)


@dg.asset(key=["shop", "scores"], deps=[["shop", "features"]], partitions_def=DAYS)
def scores() -> dg.MaterializeResult:
    """A table that is made day by day."""
    return dg.MaterializeResult()


@dg.asset(key=["shop", "never"], deps=[["shop", "features"]])
def never() -> None:
    """A table that is never made."""
    raise ValueError("no such luck")


definitions = dg.Definitions(
    assets=[raw_orders, clean_orders, features, scores, never],
    asset_checks=[spend_is_positive],
    jobs=[
        dg.define_asset_job("build", selection=["shop/raw_orders", "shop/clean_orders", "shop/features"]),
        dg.define_asset_job("broken", selection=["shop/never"]),
    ],
    executor=dg.in_process_executor,
)
