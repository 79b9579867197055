// Removes nodes of one label; their relationships must be gone before, so that none is lost unseen.
// Template: LABEL. Parameters: keys. No result.
UNWIND $keys AS key
MATCH (n:<LABEL> {key: key})
DELETE n
