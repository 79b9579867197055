// A page of jobs in order of their keys.
// parameters: prefix (of the keys), after (key of the last one seen, or empty), limit
// columns: items (list of maps)
MATCH (j:Job)
WHERE j.key STARTS WITH $prefix AND j.key > $after
WITH j
ORDER BY j.key
LIMIT $limit
RETURN collect(j {.key, .namespace, .name, .type, .integration, .processing, .description, .owners}) AS items
