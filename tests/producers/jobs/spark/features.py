"""Two raw files to features, a model trained on them, its predictions, tables in partitions, and a write that fails.

Run by spark-submit with one argument: a folder that holds ``raw/customers.csv`` and ``raw/orders.json``.
"""

import sys
from pathlib import Path

from pyspark.ml import Pipeline, PipelineModel
from pyspark.ml.feature import StringIndexer, VectorAssembler
from pyspark.ml.regression import LinearRegression
from pyspark.sql import SparkSession
from pyspark.sql import functions as f


def features(spark: SparkSession, lake: Path) -> None:
    """Join and sum up: every column of the result comes from columns of the raw files."""
    customers = spark.read.option("header", True).option("inferSchema", True).csv(f"{lake}/raw/customers.csv")
    orders = spark.read.json(f"{lake}/raw/orders.json")
    joined = customers.join(orders, "customer_id").groupBy("customer_id", "age", "country")
    summed = joined.agg(f.sum("amount").alias("spend"), f.count("*").alias("orders"))
    summed.write.mode("overwrite").parquet(f"{lake}/features/customer")


def country_spend(spark: SparkSession, lake: Path) -> None:
    """A table made by a query, and then added to from itself."""
    spark.read.parquet(f"{lake}/features/customer").createOrReplaceTempView("customer")
    spark.sql(
        "CREATE TABLE country_spend USING parquet AS "
        "SELECT country, sum(spend) AS total, max(age) AS oldest FROM customer WHERE age > 21 GROUP BY country"
    )
    spark.sql("INSERT INTO country_spend SELECT country, total * 2, oldest FROM country_spend WHERE country = 'DE'")


def train(spark: SparkSession, lake: Path) -> None:
    """Fit a model and save it."""
    stages = [
        StringIndexer(inputCol="country", outputCol="country_index"),
        VectorAssembler(inputCols=["age", "country_index", "orders"], outputCol="vector"),
        LinearRegression(featuresCol="vector", labelCol="spend", maxIter=2),
    ]
    model = Pipeline(stages=stages).fit(spark.read.parquet(f"{lake}/features/customer"))
    model.write().overwrite().save(f"{lake}/models/spend")


def predict(spark: SparkSession, lake: Path) -> None:
    """Predict with the model that was saved."""
    model = PipelineModel.load(f"{lake}/models/spend")
    predicted = model.transform(spark.read.parquet(f"{lake}/features/customer"))
    predicted.select("customer_id", "spend", "prediction").write.saveAsTable("predictions")


def partitions(spark: SparkSession, lake: Path) -> None:
    """A table that is written in partitions, one of which is written again, and read as a whole; and a table alike."""
    orders = spark.read.json(f"{lake}/raw/orders.json")
    orders.write.partitionBy("customer_id").parquet(f"{lake}/orders")
    again = orders.where("customer_id = 1").select(f.col("amount") * 2).toDF("amount")
    again.write.mode("overwrite").parquet(f"{lake}/orders/customer_id=1")
    spark.read.parquet(f"{lake}/orders").groupBy().sum("amount").toDF("total").write.parquet(f"{lake}/total")
    spark.sql("CREATE TABLE sold (amount DOUBLE, customer_id BIGINT) USING parquet PARTITIONED BY (customer_id)")
    orders.createOrReplaceTempView("ordered")
    for customer in (1, 2):
        part = f"INSERT OVERWRITE TABLE sold PARTITION (customer_id = {customer})"
        spark.sql(f"{part} SELECT amount FROM ordered WHERE customer_id = {customer}")
    spark.table("sold").groupBy().sum("amount").toDF("total").write.parquet(f"{lake}/sum")


def fail(spark: SparkSession, lake: Path) -> None:
    """Write what cannot be computed."""
    broken = spark.read.parquet(f"{lake}/features/customer").select(f.raise_error(f.lit("no such luck")).alias("x"))
    broken.write.parquet(f"{lake}/never")


lake = Path(sys.argv[1]).resolve()
spark = (
    SparkSession.builder.appName("shop features")
    .config("spark.sql.warehouse.dir", f"{lake}/warehouse")
    .config("spark.sql.shuffle.partitions", "1")
    .getOrCreate()
)
for step in (features, country_spend, train, predict, partitions, fail):
    step(spark, lake)
