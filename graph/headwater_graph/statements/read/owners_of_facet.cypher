// A page of the kept facets of one name and of who has them, in order of the facets' keys.
// parameters: name, after (key of the last one seen, or less than all), end (greater than all keys wanted), limit
// columns: items (list of maps; of an output that a run wrote in several versions, each version has the facet)
MATCH (f:Facet)
WHERE f.name = $name AND f.key > $after AND f.key < $end
WITH f
ORDER BY f.key
LIMIT $limit
MATCH (o:Dataset|Job|Run|DatasetVersion)-[:HAS_FACET]->(f)
WITH f, o
ORDER BY f.key, o.key
RETURN collect(o {.key, .namespace, .name, .runId, .state, .jobKey, .version, .source, .datasetKey,
                  facetKey: f.key, json: f.json, dataset: f.dataset}) AS items
