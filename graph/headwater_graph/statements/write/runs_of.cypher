// Parameters: key of a job. Result: runs, the keys of its runs.
MATCH (:Job {key: $key})<-[:RUN_OF]-(r:Run)
RETURN collect(r.key) AS runs
