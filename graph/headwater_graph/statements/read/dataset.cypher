// A dataset with what stands around it now.
// parameters: key, now (datetime)
// columns: item (map or null)
OPTIONAL MATCH (d:Dataset {key: $key})
RETURN d {.*, labels: labels(d),
  aliases: [(d)-[:ALIAS_OF]->(a:Dataset) | a {.key, .namespace, .name}],
  producers: [(d)<-[x:PRODUCES]-(j:Job) WHERE x.endedAt > $now | j.key]
           + [(d)<-[x:PRODUCES]-(:Step)<-[:HAS_STEP]-(j:Job) WHERE x.endedAt > $now | j.key],
  consumers: [(d)-[x:FEEDS]->(j:Job) WHERE x.endedAt > $now | j.key]
           + [(d)-[x:FEEDS]->(:Step)<-[:HAS_STEP]-(j:Job) WHERE x.endedAt > $now | j.key],
  versions: COUNT { (d)<-[:VERSION_OF]-() }} AS item
