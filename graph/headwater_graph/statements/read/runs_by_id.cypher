// Runs whose id begins with a text.
// parameters: prefix, limit
// columns: found [key, labels, properties]
MATCH (n:Run)
WHERE n.runId STARTS WITH $prefix
WITH n
LIMIT $limit
RETURN collect([n.key, labels(n), n {.runId, .jobKey, .state}]) AS found
