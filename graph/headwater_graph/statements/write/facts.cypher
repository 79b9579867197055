// Writes the facts of scopes. Parameters: rows, a list of {key, json}. No result.
UNWIND $rows AS row
MERGE (f:Facts {key: row.key})
SET f.json = row.json
