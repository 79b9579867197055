// Jobs that build something and carry the id of a dbt node; tests of the node carry it, too, but build nothing.
// parameters: keys (list of keys of Job)
// columns: jobs [key, namespace, name, dbtId]
MATCH (j:Job)
WHERE j.key IN $keys AND j.dbtId IS NOT NULL AND (EXISTS { (j)-[:PRODUCES]->() } OR EXISTS { (j)-[:HAS_STEP]->() })
RETURN collect([j.key, j.namespace, j.name, j.dbtId]) AS jobs
