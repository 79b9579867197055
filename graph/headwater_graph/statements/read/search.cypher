// Datasets and jobs by words of their names, best first.
// parameters: query (full-text query), limit
// columns: found [key, labels, namespace, name, type, score]
CALL db.index.fulltext.queryNodes('headwaterNames', $query, {limit: $limit}) YIELD node AS n, score
RETURN collect([n.key, labels(n), n.namespace, n.name, n.type, score]) AS found
