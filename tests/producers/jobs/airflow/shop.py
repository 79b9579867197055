"""Raw orders to a model and scores: assets, OpenLineage datasets, mapped tasks, and a task that fails."""

import datetime as dt
import os

from airflow.providers.common.sql.operators.sql import SQLExecuteQueryOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.providers.standard.operators.python import PythonOperator
from airflow.sdk import DAG, Asset
from openlineage.client.event_v2 import Dataset

RAW = Asset(name="raw_orders", uri="file:///data/raw/orders.csv")
CLEAN = Dataset("postgres://db.example.com:5432", "shop.public.clean_orders")
FEATURES = Dataset("postgres://db.example.com:5432", "shop.public.customer_features")
MODEL = Dataset("mlflow://registry", "models/churn")
SCORES = Dataset("postgres://db.example.com:5432", "shop.public.scores")
STATEMENTS = """
    CREATE TABLE IF NOT EXISTS customer_features (customer INT, spend REAL);
    INSERT INTO customer_features SELECT 1, 2.5;
"""


def work(part: int = 0) -> int:
    """Stand in for something that takes long."""
    return part


with DAG("shop", schedule=None, start_date=dt.datetime(2024, 1, 1, tzinfo=dt.UTC), catchup=False):
    extract = BashOperator(task_id="extract", bash_command="echo extracted", outlets=[RAW])
    clean = PythonOperator(task_id="clean", python_callable=work, inlets=[RAW], outlets=[CLEAN])
    load = SQLExecuteQueryOperator(
        task_id="load", conn_id="shop", sql=STATEMENTS, split_statements=True, inlets=[CLEAN], outlets=[FEATURES]
    )
    train = PythonOperator(task_id="train", python_callable=work, inlets=[FEATURES], outlets=[MODEL])
    parts = PythonOperator.partial(
        task_id="score", python_callable=work, inlets=[FEATURES, MODEL], outlets=[SCORES]
    ).expand(op_args=[[1], [2]])
    extract >> clean >> load >> train >> parts
    if os.environ.get("SHOP_FAILS"):
        parts >> BashOperator(task_id="publish", bash_command="echo no such luck >&2; exit 3", retries=0)
