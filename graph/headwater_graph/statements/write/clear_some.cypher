// Removes some nodes with their relationships; what says whose graph this is stays, so that it can be gone on with.
// Parameters: limit. Result: removed, how many it were.
MATCH (n)
WHERE NOT n:HeadwaterLease AND NOT n:HeadwaterMigration AND NOT n:HeadwaterGraph
WITH n LIMIT $limit
DETACH DELETE n
RETURN count(*) AS removed
