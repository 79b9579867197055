// Sets the extra labels of nodes.
// Template: LABEL, REMOVED and ADDED (label expressions from the vocabulary). Parameters: keys. No result.
UNWIND $keys AS key
MATCH (n:<LABEL> {key: key})
REMOVE n<REMOVED>
<ADDED>
