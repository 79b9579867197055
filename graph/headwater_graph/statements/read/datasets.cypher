// A page of datasets in order of their keys.
// parameters: prefix (of the keys), after (key of the last one seen, or empty), limit
// columns: items (list of maps)
MATCH (d:Dataset)
WHERE d.key STARTS WITH $prefix AND d.key > $after
WITH d
ORDER BY d.key
LIMIT $limit
RETURN collect(d {.key, .namespace, .name, .type, .subType, .description, .owners, labels: labels(d)}) AS items
