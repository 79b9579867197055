// Versions of a dataset by the name of the version, its beginning, or the id of a run that wrote it.
// parameters: dataset (key), text, limit
// columns: found [key, labels, properties]
MATCH (d:Dataset {key: $dataset})<-[:VERSION_OF]-(n:DatasetVersion)
WHERE n.version STARTS WITH $text
   OR EXISTS { MATCH (n)<-[:WROTE]-(r:Run) WHERE r.runId STARTS WITH $text }
   OR EXISTS { MATCH (n)<-[:WROTE]-(:Step)<-[:HAS_STEP]-(r:Run) WHERE r.runId STARTS WITH $text }
WITH n
ORDER BY n.version = $text DESC, n.writtenAt DESC
LIMIT $limit
RETURN collect([n.key, labels(n), n {.version, .source, .datasetKey}]) AS found
