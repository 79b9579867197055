// The columns of datasets that lineage names, its aliases' ones included.
// parameters: datasets (list of keys)
// columns: found (list of keys)
MATCH (d:Dataset)
WHERE d.key IN $datasets
MATCH (d)-[:ALIAS_OF*0..]->(e:Dataset)
WITH DISTINCT e
MATCH (e)-[:HAS_COLUMN]->(c:Column)
RETURN collect(c.key) AS found
