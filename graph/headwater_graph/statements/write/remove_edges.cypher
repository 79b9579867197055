// Removes relationships of one type between nodes of two labels.
// Template: SOURCE, TARGET, TYPE, IDENTITY. Parameters: rows, a list of [source key, target key, id]. No result.
UNWIND $rows AS row
MATCH (a:<SOURCE> {key: row[0]})-[r:<TYPE><IDENTITY>]->(b:<TARGET> {key: row[1]})
DELETE r
