// A run with what it read and wrote, what it is part of, what came before and after it, and what it reported.
// parameters: key
// columns: item (map or null)
OPTIONAL MATCH (r:Run {key: $key})
RETURN r {.*,
  at: toString(r.at), startedAt: toString(r.startedAt), endedAt: toString(r.endedAt), lastEventAt: toString(r.lastEventAt),
  nominalStart: toString(r.nominalStart), nominalEnd: toString(r.nominalEnd),
  jobs: [(r)-[:RUN_OF]->(j:Job) | j.key],
  parents: [(r)-[:PART_OF]->(p:Run) | p.key],
  root: head([(r)-[:HAS_ROOT]->(p:Run) | p.key]),
  children: [(r)<-[:PART_OF]-(c:Run) | c.key],
  triggeredBy: [(r)<-[x:TRIGGERS]-(o:Run) | o {.key, type: x.type, sequenceRule: x.sequenceRule, statusRule: x.statusRule}],
  triggers: [(r)-[x:TRIGGERS]->(o:Run) | o {.key, type: x.type, sequenceRule: x.sequenceRule, statusRule: x.statusRule}],
  fedBy: [(o:Run)-[x:FEEDS]->(r) | o {.key, saidBy: x.saidBy}],
  feeds: [(r)-[x:FEEDS]->(o:Run) | o {.key, saidBy: x.saidBy}],
  tags: [(r)-[x:TAGGED]->(t:Tag) | t {.tag, .name, .value, source: x.source}],
  tests: [(r)-[:REPORTED]->(a:Assertion)
    | a {.name, .column, .success, .status, .type, .severity, .expected, .actual, versions: [(a)-[:CHECKED]->(v) | v.key]}],
  inputs: [(v:DatasetVersion)-[x:READ_BY]->(r)
      | v {.key, inferred: x.inferred, role: x.role, rowCount: x.rowCount, size: x.size, fileCount: x.fileCount, subset: x.subset}]
    + [(v:DatasetVersion)-[x:READ_BY]->(:Step)<-[:HAS_STEP]-(r)
      | v {.key, inferred: x.inferred, role: x.role, rowCount: x.rowCount, size: x.size, fileCount: x.fileCount, subset: x.subset}],
  outputs: [(v:DatasetVersion)<-[x:WROTE]-(r)
      | v {.key, change: x.change, rowCount: x.rowCount, size: x.size, fileCount: x.fileCount, subset: x.subset}]
    + [(v:DatasetVersion)<-[x:WROTE]-(:Step)<-[:HAS_STEP]-(r)
      | v {.key, change: x.change, rowCount: x.rowCount, size: x.size, fileCount: x.fileCount, subset: x.subset}]} AS item
