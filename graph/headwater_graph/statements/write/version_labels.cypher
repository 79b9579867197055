// Sets the extra labels of all versions of datasets.
// Template: REMOVED and ADDED (label expressions from the vocabulary). Parameters: keys of the datasets. No result.
UNWIND $keys AS key
MATCH (:Dataset {key: key})<-[:VERSION_OF]-(n:DatasetVersion)
<REMOVED>
<ADDED>
