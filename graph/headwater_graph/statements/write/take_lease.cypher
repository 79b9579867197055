// Takes the lease unless somebody else holds it; the same holder takes it over at once.
// Parameters: holder, token, seconds. Result: holder, token, expiresAt of the lease as it stands afterwards.
MERGE (l:HeadwaterLease {key: 'projector'})
SET l.key = 'projector'
WITH l, (l.holder IS NULL OR l.holder = $holder OR l.expiresAt < datetime()) AS free
FOREACH (x IN CASE WHEN free THEN [1] ELSE [] END |
  SET l.holder = $holder, l.token = $token, l.expiresAt = datetime() + duration({seconds: $seconds}))
RETURN l.holder AS holder, l.token AS token, toString(l.expiresAt) AS expiresAt
