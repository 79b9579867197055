// Of each of some datasets the newest version that a run which did not fail wrote between two times, both excluded.
// parameters: spans (list of [key of the dataset, time as text, or null for the beginning, time as text])
// columns: found [index of the span, key of the version, when it was written]
UNWIND range(0, size($spans) - 1) AS i
WITH i, $spans[i] AS span
WITH i, span[0] AS dataset, datetime(coalesce(span[1], '0001-01-01T00:00:00Z')) AS after, datetime(span[2]) AS before
CALL (dataset, after, before) {
  MATCH (v:DatasetVersion)
  WHERE v.datasetKey = dataset AND v.writtenAt > after AND v.writtenAt < before AND NOT coalesce(v.failed, false)
  RETURN v
  ORDER BY v.writtenAt DESC, v.key DESC
  LIMIT 1
}
RETURN collect([i, v.key, toString(v.writtenAt)]) AS found
