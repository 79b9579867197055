// Of each of some datasets, under whichever of its names, the newest version that a run which did not fail wrote by then, if it
// is newer than some version.
// parameters: datasets (list of lists of keys: the names of each), than (key of DatasetVersion, or empty for no such bound),
//   asOf (datetime)
// columns: found (list of keys)
OPTIONAL MATCH (o:DatasetVersion {key: $than})
WITH coalesce(o.writtenAt, datetime('0001-01-01T00:00:00Z')) AS after
UNWIND $datasets AS names
CALL (names, after) {
  UNWIND names AS name
  CALL (name, after) {
    MATCH (v:DatasetVersion)
    WHERE v.datasetKey = name AND v.writtenAt > after AND v.writtenAt <= $asOf AND NOT coalesce(v.failed, false)
    RETURN v
    ORDER BY v.writtenAt DESC, v.key DESC
    LIMIT 1
  }
  RETURN v
  ORDER BY v.writtenAt DESC, v.key DESC
  LIMIT 1
}
RETURN collect(v.key) AS found
