// Writes the facts of scopes. Parameters: rows, a list of [key, json as text or packed]. No result.
UNWIND $rows AS row
MERGE (f:Facts {key: row[0]})
SET f.json = row[1]
