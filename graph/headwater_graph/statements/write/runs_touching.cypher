// Parameters: keys of datasets. Result: runs, the keys of the runs that read or wrote any of their versions.
MATCH (d:Dataset)
WHERE d.key IN $keys
MATCH (d)<-[:VERSION_OF]-(v:DatasetVersion)
MATCH (v)-[:READ_BY|WROTE]-(x:Run|Step)
OPTIONAL MATCH (x)<-[:HAS_STEP]-(owner:Run)
RETURN collect(DISTINCT coalesce(owner.key, x.key)) AS runs
