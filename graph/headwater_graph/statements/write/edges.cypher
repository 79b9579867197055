// Writes relationships of one type between nodes of two labels.
// Template: SOURCE, TARGET, TYPE, IDENTITY, ASSIGNMENTS (from the vocabulary).
// Parameters: rows, a list of {source, target, id, <property>...}. No result.
UNWIND $rows AS row
MATCH (a:<SOURCE> {key: row.source})
MATCH (b:<TARGET> {key: row.target})
MERGE (a)-[r:<TYPE><IDENTITY>]->(b)
<ASSIGNMENTS>
