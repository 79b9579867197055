// A page of datasets in order of their keys, with the other names that their symlinks give them.
// parameters: after (key of the last dataset seen, or empty), limit (of datasets)
// columns: datasets [key, namespace, name, list of [other namespace, other name]]
MATCH (d:Dataset)
WHERE d.key > $after
WITH d
ORDER BY d.key
LIMIT $limit
OPTIONAL MATCH (d)-[r:ALIAS_OF]->(o:Dataset)
WHERE r.saidBy = d.key
WITH d, collect([o.namespace, o.name]) AS others
ORDER BY d.key
RETURN collect([d.key, d.namespace, d.name, [other IN others WHERE other[0] IS NOT NULL]]) AS datasets
