// Everything that is part of jobs or runs, themselves left out.
// parameters: keys (list of keys of Job or Run), cap (most of them)
// columns: found [key of the part, key of what it is part of, at, endedAt]
MATCH (t:Job|Run)
WHERE t.key IN $keys
MATCH (t)<-[:PART_OF*1..]-(p)
WITH DISTINCT t, p
WHERE p <> t
WITH t, p
LIMIT $cap
RETURN collect([p.key, t.key, toString(p.at), toString(p.endedAt)]) AS found
