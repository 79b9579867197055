// Gives the lease back. Parameters: token. No result.
MATCH (l:HeadwaterLease {key: 'projector', token: $token})
SET l.holder = null, l.token = null
