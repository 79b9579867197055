// A dataset with what stands around it now: other names, jobs, what it says to derive from, tags.
// parameters: key, now (datetime)
// columns: item (map or null)
OPTIONAL MATCH (d:Dataset {key: $key})
RETURN d {.*, labels: labels(d),
  aliases: [(d)-[:ALIAS_OF]->(a:Dataset) | a {.key, .namespace, .name}],
  producers: [(d)<-[x:PRODUCES]-(j:Job) WHERE x.endedAt > $now | j.key]
           + [(d)<-[x:PRODUCES]-(:Step)<-[:HAS_STEP]-(j:Job) WHERE x.endedAt > $now | j.key],
  consumers: [(d)-[x:FEEDS]->(j:Job) WHERE x.endedAt > $now | j.key]
           + [(d)-[x:FEEDS]->(:Step)<-[:HAS_STEP]-(j:Job) WHERE x.endedAt > $now | j.key],
  derivedFrom: [(d)-[:HAS_STEP]->(:Step)<-[:FEEDS]-(o:Dataset) | o.key],
  tags: [(d)-[x:TAGGED]->(t:Tag) | t {.tag, .name, .value, source: x.source}],
  columnTags: [(d)-[:HAS_COLUMN]->(c:Column)-[x:TAGGED]->(t:Tag) | t {.tag, .name, .value, source: x.source, column: c.field}],
  versions: COUNT { (d)<-[:VERSION_OF]-() }} AS item
