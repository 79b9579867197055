// Datasets by the beginning of their key, or by the whole of it.
// parameters: prefixes (list of texts), keys (list of texts), cap (most datasets)
// columns: datasets [key, labels, namespace, name, type, subType]
CALL () {
  UNWIND $prefixes AS prefix
  MATCH (d:Dataset)
  WHERE d.key STARTS WITH prefix
  WITH d
  LIMIT $cap
  RETURN collect([d.key, labels(d), d.namespace, d.name, d.type, d.subType]) AS under
}
CALL () {
  MATCH (d:Dataset)
  WHERE d.key IN $keys
  RETURN collect([d.key, labels(d), d.namespace, d.name, d.type, d.subType]) AS named
}
RETURN under + named AS datasets
