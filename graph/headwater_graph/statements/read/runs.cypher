// A page of the runs that sent events, newest first; stubs that only a child named have no time and are not among them.
// parameters: before (time as text) and beforeKey of the last one seen, states (empty: all), limit
// columns: items (list of maps)
WITH datetime($before) AS before
MATCH (r:Run)
WHERE r.at <= before AND (r.at < before OR r.key < $beforeKey) AND (size($states) = 0 OR r.state IN $states)
WITH r
ORDER BY r.at DESC, r.key DESC
LIMIT $limit
RETURN collect(r {.key, .runId, .jobKey, .state, .error, .engine, .seeds, at: toString(r.at),
                  startedAt: toString(r.startedAt), endedAt: toString(r.endedAt),
                  lastEventAt: toString(r.lastEventAt)}) AS items
