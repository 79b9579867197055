// A run with what it read and wrote.
// parameters: key
// columns: item (map or null)
OPTIONAL MATCH (r:Run {key: $key})
RETURN r {.*,
  at: toString(r.at), startedAt: toString(r.startedAt), endedAt: toString(r.endedAt),
  nominalStart: toString(r.nominalStart), nominalEnd: toString(r.nominalEnd),
  jobs: [(r)-[:RUN_OF]->(j:Job) | j.key],
  parents: [(r)-[:PART_OF]->(p:Run) | p.key],
  children: [(r)<-[:PART_OF]-(c:Run) | c.key],
  inputs: [(v:DatasetVersion)-[x:READ_BY]->(r) | v {.key, inferred: x.inferred, role: x.role}]
        + [(v:DatasetVersion)-[x:READ_BY]->(:Step)<-[:HAS_STEP]-(r) | v {.key, inferred: x.inferred, role: x.role}],
  outputs: [(v:DatasetVersion)<-[:WROTE]-(r) | v.key] + [(v:DatasetVersion)<-[:WROTE]-(:Step)<-[:HAS_STEP]-(r) | v.key]} AS item
