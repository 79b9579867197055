// Readings without a version of other datasets that began after these versions were written, where what was read of the other
// dataset is older than the version, or unknown. A dataset is all of its names.
// parameters: versions (list of [key of DatasetVersion, names of its dataset, list of the names of each other dataset], of names
//   the keys), cap (most readings)
// columns: found [spans [key of the version, when it was written, when the next one was], readings [key of the Run or Step
//   that read, role, when it began]], of each version of another dataset that was read; a time is [seconds, nanoseconds],
//   of nulls where there is no next one.
UNWIND $versions AS wanted
WITH wanted[0] AS key, wanted[1] AS own, wanted[2] AS others
MATCH (x:DatasetVersion {key: key})
CALL (x, own) {
  UNWIND own AS name
  CALL (x, name) {
    MATCH (y:DatasetVersion)
    WHERE y.datasetKey = name AND y.writtenAt >= x.writtenAt AND NOT coalesce(y.failed, false)
          AND (y.writtenAt > x.writtenAt OR y.key > x.key)
    RETURN y
    ORDER BY y.writtenAt
    LIMIT 1
  }
  RETURN min(y.writtenAt) AS until
}
WITH x, others, until
WHERE until IS NULL OR until > x.writtenAt
UNWIND others AS names
CALL (x, names) {
  UNWIND names AS name
  CALL (x, name) {
    MATCH (v:DatasetVersion)
    WHERE v.datasetKey = name AND v.writtenAt < x.writtenAt AND NOT coalesce(v.failed, false)
    RETURN v
    ORDER BY v.writtenAt DESC, v.key DESC
    LIMIT 1
  }
  WITH v
  ORDER BY v.writtenAt DESC, v.key DESC
  LIMIT 1
  RETURN head(collect(v)) AS v
}
WITH names, v, min(x.writtenAt) AS earliest,
     collect([x.key, [x.writtenAt.epochSeconds, x.writtenAt.nanosecond],
              [until.epochSeconds, until.nanosecond]]) AS spans
CALL (names, v) {
  MATCH (v)-[e:READ_BY]->(a)
  RETURN a, e
  UNION ALL
  UNWIND names AS name
  MATCH (d:Dataset {key: name})<-[:VERSION_OF]-(u:DatasetVersion)
  WHERE v IS NULL AND u.source = 'UNKNOWN'
  MATCH (u)-[e:READ_BY]->(a)
  RETURN a, e
}
WITH names, v, spans, earliest, a, e
WHERE e.inferred AND e.namedVersion IS NULL
OPTIONAL MATCH (o:Run)-[:HAS_STEP]->(a)
WITH names, v, spans, earliest, a, e, coalesce(o.at, a.at) AS at
WHERE at > earliest
WITH names, v, spans, a, e, at
LIMIT $cap
WITH names, v, spans, collect([a.key, e.role, [at.epochSeconds, at.nanosecond]]) AS readings
RETURN collect([spans, readings]) AS found
