// Removes the facts of scopes that nothing is said of any more. Parameters: keys. No result.
UNWIND $keys AS key
MATCH (f:Facts {key: key})
DELETE f
