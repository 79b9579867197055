// The newest version of a dataset that a run which did not fail wrote.
// parameters: dataset (key), asOf (datetime)
// columns: found [key] or empty
MATCH (v:DatasetVersion)
WHERE v.datasetKey = $dataset AND v.writtenAt <= $asOf AND NOT coalesce(v.failed, false)
WITH v
ORDER BY v.writtenAt DESC, v.key DESC
LIMIT 1
RETURN collect(v.key) AS found
