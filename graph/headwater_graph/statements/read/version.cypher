// A version of a dataset with who wrote and read it, and what was measured of it.
// parameters: key
// columns: item (map or null)
OPTIONAL MATCH (v:DatasetVersion {key: $key})
RETURN v {.*, labels: labels(v), writtenAt: toString(v.writtenAt),
  metrics: [(v)<-[:DESCRIBES]-(m:Metric) | m {.name, .value, .column, run: head([(x:Run)-[:MEASURED]->(m) | x.key])}],
  writers: [(v)<-[:WROTE]-(r:Run) | r.key] + [(v)<-[:WROTE]-(:Step)<-[:HAS_STEP]-(r:Run) | r.key],
  readers: [(v)-[:READ_BY]->(r:Run) | r.key] + [(v)-[:READ_BY]->(:Step)<-[:HAS_STEP]-(r:Run) | r.key]} AS item
