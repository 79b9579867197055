// Everything that is part of a job or run, itself left out.
// parameters: key (of a Job or Run), cap (most of them)
// columns: found (list of keys)
MATCH (t:Job|Run {key: $key})
MATCH (t)<-[:PART_OF*1..]-(p)
WITH DISTINCT t, p
WHERE p <> t
WITH p
LIMIT $cap
RETURN collect(p.key) AS found
