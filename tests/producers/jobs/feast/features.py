"""The file that the feature store reads; run once before it is applied."""

import pandas as pd

frame = pd.DataFrame({"customer_id": [1, 2], "spend": [1.5, 2.5], "orders": [1, 2]})
frame["event_timestamp"] = pd.to_datetime(["2026-01-01", "2026-01-02"], utc=True)
frame.to_parquet("data/customer_features.parquet")
