// All versions of a dataset.
// parameters: dataset (key), limit
// columns: found (list of keys)
MATCH (d:Dataset {key: $dataset})<-[:VERSION_OF]-(v:DatasetVersion)
WITH v
LIMIT $limit
RETURN collect(v.key) AS found
