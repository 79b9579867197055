// The columns of a dataset that lineage names, its aliases' ones included.
// parameters: dataset (key)
// columns: found (list of keys)
MATCH (d:Dataset {key: $dataset})
MATCH (d)-[:ALIAS_OF*0..]->(e:Dataset)
WITH DISTINCT e
MATCH (e)-[:HAS_COLUMN]->(c:Column)
RETURN collect(c.key) AS found
