// A page of the runs of a job, newest first, stubs that only a child named last.
// parameters: job (key), before (time as text) and beforeKey of the last one seen, states (empty: all), limit
// columns: items (list of maps)
MATCH (j:Job {key: $job})<-[:RUN_OF]-(r:Run)
WITH r, coalesce(r.at, datetime('0001-01-01T00:00:00Z')) AS at, datetime($before) AS before
WHERE (at < before OR (at = before AND r.key < $beforeKey)) AND (size($states) = 0 OR r.state IN $states)
WITH r, at
ORDER BY at DESC, r.key DESC
LIMIT $limit
RETURN collect(r {.key, .runId, .jobKey, .state, .error, .engine, .seeds, at: toString(r.at),
                  startedAt: toString(r.startedAt), endedAt: toString(r.endedAt),
                  lastEventAt: toString(r.lastEventAt)}) AS items
