// A page of all runs, newest first.
// parameters: before (datetime) and beforeKey of the last one seen, states (empty: all), limit
// columns: items (list of maps)
MATCH (r:Run)
WHERE r.at <= $before AND (r.at < $before OR r.key < $beforeKey) AND (size($states) = 0 OR r.state IN $states)
WITH r
ORDER BY r.at DESC, r.key DESC
LIMIT $limit
RETURN collect(r {.key, .runId, .jobKey, .state, .error, .engine, .seeds, at: toString(r.at),
                  startedAt: toString(r.startedAt), endedAt: toString(r.endedAt)}) AS items
