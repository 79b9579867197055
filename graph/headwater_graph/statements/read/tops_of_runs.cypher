// The topmost run that each run is part of, such as the run of its DAG or application.
// parameters: keys (list of keys of Run)
// columns: tops [key of the run, then key, runId, jobKey, state, at, startedAt, endedAt, lastEventAt, error of the topmost one]
MATCH (r:Run)
WHERE r.key IN $keys
MATCH (r)-[:PART_OF*1..]->(t:Run)
WITH DISTINCT r, t
WHERE t <> r AND NOT EXISTS { MATCH (t)-[:PART_OF]->(x:Run) WHERE x <> t }
RETURN collect([r.key, t.key, t.runId, t.jobKey, t.state, toString(t.at), toString(t.startedAt), toString(t.endedAt),
                toString(t.lastEventAt), t.error]) AS tops
