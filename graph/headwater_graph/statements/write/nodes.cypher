// Writes nodes of one label as they shall stand, all properties of the label.
// Template: LABEL, ASSIGNMENTS (from the vocabulary). Parameters: rows, a list of {key, <property>...}. No result.
UNWIND $rows AS row
MERGE (n:<LABEL> {key: row.key})
<ASSIGNMENTS>
