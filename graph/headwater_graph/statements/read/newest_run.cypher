// The newest run of a job.
// parameters: job (key), asOf (datetime)
// columns: found [key] or empty
MATCH (r:Run)
WHERE r.jobKey = $job AND r.at <= $asOf
WITH r
ORDER BY r.at DESC, r.key DESC
LIMIT 1
RETURN collect(r.key) AS found
