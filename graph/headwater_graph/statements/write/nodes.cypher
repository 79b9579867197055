// Writes nodes of one label as they shall stand, all properties and extra labels of the label.
// Template: LABEL, ASSIGNMENTS, REMOVED and ADDED (from the vocabulary).
// Parameters: rows, a list of [key, <property>...]. No result.
UNWIND $rows AS row
MERGE (n:<LABEL> {key: row[0]})
<ASSIGNMENTS>
<REMOVED>
<ADDED>
