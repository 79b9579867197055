// The topmost jobs that jobs are part of, such as their DAG or application.
// parameters: keys (list of keys of Job)
// columns: tops [key of the job, key, labels, namespace, name and type of a topmost one]
MATCH (j:Job)
WHERE j.key IN $keys
MATCH (j)-[:PART_OF*1..]->(t:Job)
WITH DISTINCT j, t
WHERE t <> j AND NOT EXISTS { MATCH (t)-[:PART_OF]->(x:Job) WHERE x <> t }
RETURN collect([j.key, t.key, labels(t), t.namespace, t.name, t.type]) AS tops
