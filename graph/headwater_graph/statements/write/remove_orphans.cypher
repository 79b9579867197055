// Removes those shared nodes of one label that nothing refers to any more.
// Template: LABEL. Parameters: keys. No result.
UNWIND $keys AS key
MATCH (n:<LABEL> {key: key})
WHERE NOT EXISTS { (n)<--() }
DELETE n
