// Readings without a version of other datasets that began after these versions were written, where what was read of the other
// dataset is older than the version, or unknown.
// parameters: versions (list of [key of DatasetVersion, list of keys of the other datasets]), cap (most readings)
// columns: found [spans [key of the version, when it was written, when the next one was], readings [key of the Run or Step
//   that read, role, when it began]], of each version of another dataset that was read; a time is [seconds, nanoseconds],
//   of nulls where there is no next one.
UNWIND $versions AS wanted
WITH wanted[0] AS key, wanted[1] AS others
MATCH (x:DatasetVersion {key: key})
CALL (x) {
  MATCH (y:DatasetVersion)
  WHERE y.datasetKey = x.datasetKey AND y.writtenAt >= x.writtenAt AND NOT coalesce(y.failed, false)
        AND (y.writtenAt > x.writtenAt OR y.key > x.key)
  WITH y
  ORDER BY y.writtenAt
  LIMIT 1
  RETURN head(collect(y.writtenAt)) AS until
}
WITH x, others, until
WHERE until IS NULL OR until > x.writtenAt
UNWIND others AS dataset
CALL (x, dataset) {
  MATCH (v:DatasetVersion)
  WHERE v.datasetKey = dataset AND v.writtenAt < x.writtenAt AND NOT coalesce(v.failed, false)
  WITH v
  ORDER BY v.writtenAt DESC, v.key DESC
  LIMIT 1
  RETURN head(collect(v)) AS v
}
WITH dataset, v, min(x.writtenAt) AS earliest,
     collect([x.key, [x.writtenAt.epochSeconds, x.writtenAt.nanosecond],
              [until.epochSeconds, until.nanosecond]]) AS spans
CALL (dataset, v) {
  MATCH (v)-[e:READ_BY]->(a)
  RETURN a, e
  UNION ALL
  MATCH (d:Dataset {key: dataset})<-[:VERSION_OF]-(u:DatasetVersion)
  WHERE v IS NULL AND u.source = 'UNKNOWN'
  MATCH (u)-[e:READ_BY]->(a)
  RETURN a, e
}
WITH dataset, v, spans, earliest, a, e
WHERE e.inferred AND e.namedVersion IS NULL
OPTIONAL MATCH (o:Run)-[:HAS_STEP]->(a)
WITH dataset, v, spans, earliest, a, e, coalesce(o.at, a.at) AS at
WHERE at > earliest
WITH dataset, v, spans, a, e, at
LIMIT $cap
WITH dataset, v, spans, collect([a.key, e.role, [at.epochSeconds, at.nanosecond]]) AS readings
RETURN collect([spans, readings]) AS found
