// A page of datasets in order of their keys. Parameters: after, limit. Result: datasets, a list of their keys.
MATCH (d:Dataset)
WHERE d.key > $after
WITH d.key AS key ORDER BY key LIMIT $limit
RETURN collect(key) AS datasets
