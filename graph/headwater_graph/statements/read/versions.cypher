// A page of the versions of a dataset, newest first, those without a known write last.
// parameters: dataset (key), before (time as text) and beforeKey of the last one seen, limit
// columns: items (list of maps)
MATCH (d:Dataset {key: $dataset})<-[:VERSION_OF]-(v:DatasetVersion)
WITH v, coalesce(v.writtenAt, datetime('0001-01-01T00:00:00Z')) AS at, datetime($before) AS before
WHERE at < before OR (at = before AND v.key < $beforeKey)
WITH v, at
ORDER BY at DESC, v.key DESC
LIMIT $limit
RETURN collect(v {.key, .datasetKey, .version, .source, .failed, writtenAt: toString(v.writtenAt), labels: labels(v)}) AS items
