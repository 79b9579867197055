// The facets kept of a node.
// parameters: keys (list of one key)
// columns: facets [name, json, key of the dataset where it is a facet of an input or output, and which of the two]
MATCH (n:Dataset|Job|Run|DatasetVersion)
WHERE n.key IN $keys
MATCH (n)-[:HAS_FACET]->(f:Facet)
RETURN collect([f.name, f.json, f.dataset, f.role]) AS facets
