// All nodes of the graph but facts and Headwater's own. Result: a row per node: labels, properties.
MATCH (n)
WHERE NOT n:Facts AND NOT n:HeadwaterLease AND NOT n:HeadwaterPosition AND NOT n:HeadwaterGraph
  AND NOT n:HeadwaterMigration
RETURN labels(n) AS labels, properties(n) AS properties
