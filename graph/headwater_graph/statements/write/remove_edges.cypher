// Removes relationships of one type between nodes of two labels.
// Template: SOURCE, TARGET, TYPE, IDENTITY. Parameters: rows, a list of {sourceKey, targetKey, id}. No result.
UNWIND $rows AS row
MATCH (a:<SOURCE> {key: row.sourceKey})-[r:<TYPE><IDENTITY>]->(b:<TARGET> {key: row.targetKey})
DELETE r
