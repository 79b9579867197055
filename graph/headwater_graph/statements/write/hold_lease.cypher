// Renews the lease and locks it until the transaction ends: who lost it finds no row.
// Parameters: token, seconds. Result: token.
MATCH (l:HeadwaterLease {key: 'projector', token: $token})
SET l.expiresAt = datetime() + duration({seconds: $seconds})
RETURN l.token AS token
