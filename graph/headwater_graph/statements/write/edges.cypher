// Writes relationships of one type between nodes of two labels.
// Template: SOURCE, TARGET, TYPE, IDENTITY, ASSIGNMENTS (from the vocabulary), CLAUSE (MATCH where they are known to be).
// Parameters: rows, a list of [source key, target key, id, <property>...]. No result.
UNWIND $rows AS row
MATCH (a:<SOURCE> {key: row[0]})
MATCH (b:<TARGET> {key: row[1]})
<CLAUSE> (a)-[r:<TYPE><IDENTITY>]->(b)
<ASSIGNMENTS>
