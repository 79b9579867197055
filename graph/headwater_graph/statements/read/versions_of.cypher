// All versions of a dataset, under all of its names.
// parameters: dataset (key), limit
// columns: found (list of keys)
MATCH (d:Dataset {key: $dataset})
MATCH (d)-[:ALIAS_OF*0..]->(e:Dataset)
WITH DISTINCT e
MATCH (e)<-[:VERSION_OF]-(v:DatasetVersion)
WITH v
LIMIT $limit
RETURN collect(v.key) AS found
