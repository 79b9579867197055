// Removes relationships of one type between nodes of two labels.
// Template: SOURCE, TARGET, TYPE, IDENTITY. Parameters: rows, a list of {source, target, id}. No result.
UNWIND $rows AS row
MATCH (a:<SOURCE> {key: row.source})-[r:<TYPE><IDENTITY>]->(b:<TARGET> {key: row.target})
DELETE r
