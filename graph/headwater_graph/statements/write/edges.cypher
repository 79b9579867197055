// Writes relationships of one type between nodes of two labels.
// Template: SOURCE, TARGET, TYPE, IDENTITY, ASSIGNMENTS (from the vocabulary), CLAUSE (MATCH where they are known to be).
// Parameters: rows, a list of {sourceKey, targetKey, id, <property>...}. No result.
UNWIND $rows AS row
MATCH (a:<SOURCE> {key: row.sourceKey})
MATCH (b:<TARGET> {key: row.targetKey})
<CLAUSE> (a)-[r:<TYPE><IDENTITY>]->(b)
<ASSIGNMENTS>
