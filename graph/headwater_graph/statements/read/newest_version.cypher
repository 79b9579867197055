// The newest version of a dataset, under whichever of its names, that a run which did not fail wrote.
// parameters: dataset (key), asOf (datetime)
// columns: found [key] or empty
MATCH (d:Dataset {key: $dataset})
MATCH (d)-[:ALIAS_OF*0..]->(e:Dataset)
WITH DISTINCT e
CALL (e) {
  MATCH (v:DatasetVersion)
  WHERE v.datasetKey = e.key AND v.writtenAt <= $asOf AND NOT coalesce(v.failed, false)
  RETURN v
  ORDER BY v.writtenAt DESC, v.key DESC
  LIMIT 1
}
WITH v
ORDER BY v.writtenAt DESC, v.key DESC
LIMIT 1
RETURN collect(v.key) AS found
