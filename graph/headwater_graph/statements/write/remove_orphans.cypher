// Removes those shared nodes of one label that nothing refers to any more; that a dataset has a column is no reference.
// Template: LABEL. Parameters: keys. No result.
UNWIND $keys AS key
MATCH (n:<LABEL> {key: key})
WHERE NOT EXISTS { (n)-[r]-() WHERE NOT r:HAS_COLUMN }
DETACH DELETE n
