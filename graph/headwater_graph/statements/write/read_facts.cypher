// Reads the facts of scopes. Parameters: keys. Result: facts, a list of [key, json as text or packed].
UNWIND $keys AS key
MATCH (f:Facts {key: key})
RETURN collect([f.key, f.json]) AS facts
