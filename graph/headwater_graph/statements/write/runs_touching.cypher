// Parameters: key of a dataset. Result: runs, the keys of the runs that read or wrote any of its versions.
MATCH (:Dataset {key: $key})<-[:VERSION_OF]-(v:DatasetVersion)
MATCH (v)-[:READ_BY|WROTE]-(x:Run|Step)
OPTIONAL MATCH (x)<-[:HAS_STEP]-(owner:Run)
RETURN collect(DISTINCT coalesce(owner.key, x.key)) AS runs
