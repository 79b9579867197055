// The nodes with these keys, whatever they are.
// parameters: keys (list of keys)
// columns: found [key, labels, properties]
MATCH (n:Dataset|Job|Run|DatasetVersion|Column)
WHERE n.key IN $keys
RETURN collect([n.key, labels(n), n {.namespace, .name, .field, .type, .runId, .jobKey, .state, .version, .source, .datasetKey}]) AS found
