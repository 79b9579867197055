"""A feature store: customers' features from a file, and a service for a model."""

from datetime import timedelta

from feast import Entity, FeatureService, FeatureView, Field, FileSource
from feast.types import Float32, Int64
from feast.value_type import ValueType

customer = Entity(name="customer", join_keys=["customer_id"], value_type=ValueType.INT64)
source = FileSource(
    name="customer_features_source", path="data/customer_features.parquet", timestamp_field="event_timestamp"
)
features = FeatureView(
    name="customer_features",
    entities=[customer],
    ttl=timedelta(days=3650),
    source=source,
    online=True,
    schema=[Field(name="spend", dtype=Float32), Field(name="orders", dtype=Int64)],
)
churn = FeatureService(name="churn_v1", features=[features], owner="ml@example.com", tags={"model": "churn"})
