// Datasets by the beginning of their key, or by the whole of it.
// parameters: prefixes (list of texts), keys (list of texts), cap (most datasets)
// columns: datasets [key, labels, namespace, name, type, subType]
CALL () {
  UNWIND $prefixes AS prefix
  MATCH (d:Dataset)
  WHERE d.key STARTS WITH prefix
  RETURN d
  UNION
  MATCH (d:Dataset)
  WHERE d.key IN $keys
  RETURN d
}
WITH d
LIMIT $cap
RETURN collect([d.key, labels(d), d.namespace, d.name, d.type, d.subType]) AS datasets
