// A job with what stands around it now: datasets, parents, other jobs by data and by control flow, tags, code.
// parameters: key, now (datetime)
// columns: item (map or null)
OPTIONAL MATCH (j:Job {key: $key})
RETURN j {.*,
  triggeredBy: [(j)<-[x:TRIGGERS]-(o:Job) | o {.key, type: x.type, saidBy: x.saidBy}],
  triggers: [(j)-[x:TRIGGERS]->(o:Job) | o {.key, type: x.type, saidBy: x.saidBy}],
  tags: [(j)-[x:TAGGED]->(t:Tag) | t {.tag, .name, .value, source: x.source}],
  code: head([(j)-[:USED_CODE]->(c:CodeVersion) | c {.repository, .version, .branch, .tag, .path, .pullRequest}]),
  parents: [(j)-[:PART_OF]->(p:Job) | p.key],
  fedBy: [(o:Job)-[x:FEEDS]->(j) WHERE x.endedAt > $now | o {.key, saidBy: x.saidBy}],
  feeds: [(j)-[x:FEEDS]->(o:Job) WHERE x.endedAt > $now | o {.key, saidBy: x.saidBy}],
  inputs: [(d:Dataset)-[x:FEEDS]->(j) WHERE x.endedAt > $now | d.key]
        + [(d:Dataset)-[x:FEEDS]->(:Step)<-[:HAS_STEP]-(j) WHERE x.endedAt > $now | d.key],
  outputs: [(d:Dataset)<-[x:PRODUCES]-(j) WHERE x.endedAt > $now | d.key]
         + [(d:Dataset)<-[x:PRODUCES]-(:Step)<-[:HAS_STEP]-(j) WHERE x.endedAt > $now | d.key],
  steps: COUNT { (j)-[:HAS_STEP]->() },
  runs: COUNT { (j)<-[:RUN_OF]-() }} AS item
