// The newest run of a job, and how many jobs share it.
// parameters: job (key), asOf (datetime)
// columns: found [[key, number of jobs]] or empty
MATCH (j:Job {key: $job})<-[:RUN_OF]-(r:Run)
WHERE r.at <= $asOf
WITH r
ORDER BY r.at DESC, r.key DESC
LIMIT 1
RETURN collect([r.key, COUNT { (r)-[:RUN_OF]->(:Job) }]) AS found
