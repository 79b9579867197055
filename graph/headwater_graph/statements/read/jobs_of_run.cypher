// The jobs that a run is of.
// parameters: run (key)
// columns: found (list of keys)
MATCH (r:Run {key: $run})-[:RUN_OF]->(j:Job)
RETURN collect(j.key) AS found
