// All names of those of some datasets that have several.
// parameters: keys (list of keys of Dataset)
// columns: found (list of lists of keys), one list for each of these datasets
MATCH (d:Dataset)
WHERE d.key IN $keys AND EXISTS { (d)-[:ALIAS_OF]->(:Dataset) }
MATCH (d)-[:ALIAS_OF*0..]->(e:Dataset)
WITH DISTINCT d, e
WITH d, collect(e.key) AS names
RETURN collect(names) AS found
