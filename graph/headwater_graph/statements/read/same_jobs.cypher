// Jobs that carry the id of one and the same dbt node.
// parameters: keys (list of keys of Job)
// columns: jobs [key, namespace, name, dbtId]
MATCH (j:Job)
WHERE j.key IN $keys AND j.dbtId IS NOT NULL
RETURN collect([j.key, j.namespace, j.name, j.dbtId]) AS jobs
