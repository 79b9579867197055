"""Who appears in the story: datasets, jobs and runs by name."""

from typing import Final, NamedTuple
from uuid import NAMESPACE_URL, uuid5


class Name(NamedTuple):
    """Namespace and name of a dataset or a job."""

    namespace: str
    name: str


RAW_ORDERS: Final = Name("s3://shop-raw", "orders")
RAW_CUSTOMERS: Final = Name("postgres://crm.shop.example:5432", "crm.public.customers")
STAGED_ORDERS: Final = Name("s3://shop-lake", "staging/orders")
STAGED_CUSTOMERS: Final = Name("s3://shop-lake", "staging/customers")
FEATURES: Final = Name("s3://shop-lake", "features/customer")
REJECTED: Final = Name("s3://shop-lake", "rejected/orders")
FEATURE_VIEW: Final = Name("feast://shop", "customer_features")
MODEL: Final = Name("mlflow://mlflow.shop.example:5000", "models/churn")
ENDPOINT: Final = Name("kubernetes://shop-prod", "endpoints/churn")
PREDICTIONS: Final = Name("s3://shop-lake", "predictions/churn")

DAG: Final = Name("airflow", "shop_load")
LOAD_ORDERS: Final = Name("airflow", "shop_load.load_orders")
LOAD_CUSTOMERS: Final = Name("airflow", "shop_load.load_customers")
BUILD_TASK: Final = Name("airflow", "shop_load.build_features")
BUILD: Final = Name("spark", "build_customer_features")
MATERIALIZE: Final = Name("feast", "customer_features.materialize")
TRAIN: Final = Name("ml", "churn.train")
DEPLOY: Final = Name("ml", "churn.deploy")
SCORE: Final = Name("ml", "churn.score")

DAYS: Final = (1, 2, 3)
ORDERS_SNAPSHOT: Final = {1: "7310894421", 2: "7310951077", 3: "7311007733"}
"""Iceberg snapshot of the raw orders that each night's load read; the second one is bad."""
FEATURES_SNAPSHOT: Final = {1: "4210558301", 2: "4210672246", 3: "4210786191"}
"""Iceberg snapshot of the features that each night's build wrote."""
BATCH: Final = {1: "2026-09-01", 2: "2026-09-02", 3: "2026-09-03"}
"""Partition of the predictions that each morning's scoring wrote."""
MODEL_OF_DAY: Final = {1: "1", 2: "2", 3: "2"}
"""Version of the model that scores on each day."""


def run_id(job: Name, label: int | str) -> str:
    """Return the id of the job's run of that day; the same in every telling."""
    return str(uuid5(NAMESPACE_URL, f"tag:headwater,2026:story/{job.namespace}/{job.name}/{label}"))
