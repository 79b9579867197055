// Datasets and jobs whose name, or namespace and name joined by /, equals the text or ends with it at a boundary.
// parameters: query (full-text query that finds a superset), text (lower case), limit
// columns: found [key, labels, properties]
CALL db.index.fulltext.queryNodes('headwaterNames', $query) YIELD node AS n
WITH n, toLower(n.namespace + '/' + n.name) AS path
WHERE path = $text OR path ENDS WITH '/' + $text OR path ENDS WITH '.' + $text OR path ENDS WITH ':' + $text
WITH n
ORDER BY size(n.name), n.key
LIMIT $limit
RETURN collect([n.key, labels(n), n {.namespace, .name, .type}]) AS found
