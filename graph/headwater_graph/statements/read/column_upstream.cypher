// One step upstream from columns: the columns beside them (the same column of an alias; the column * of the dataset, which
// holds its dataset-wide lineage; all columns if * itself is asked for) and the sources of all of these.
// parameters: asked (list of [key of Dataset, list of names of its columns]), endsAfter and seenBy (datetime, as in design_upstream).
// columns: columns [key, namespace, name, field, datasetKey, besides] (those asked for and those beside them, with the keys
//   of the datasets asked for that they are beside), then the sources [key, namespace, name, field, datasetKey],
//   edges [source key, target key, job, type, subtype, masking, description].
UNWIND $asked AS of
WITH of[0] AS datasetKey, of[1] AS fields
MATCH (d:Dataset {key: datasetKey})
MATCH (d)-[:ALIAS_OF*0..]->(e:Dataset)
WITH DISTINCT datasetKey, fields, e
MATCH (e)-[:HAS_COLUMN]->(c:Column)
WHERE c.field = '*' OR c.field IN fields OR '*' IN fields
WITH c, collect(DISTINCT datasetKey) AS besides
OPTIONAL MATCH (s:Column)-[r:DERIVES]->(c)
WHERE r.endedAt > $endsAfter AND r.firstSeen <= $seenBy
WITH collect(DISTINCT [c.key, c.namespace, c.name, c.field, c.datasetKey, besides]) AS columns, collect(DISTINCT s) AS ss,
     [x IN collect([s.key, c.key, r.job, r.type, r.subtype, r.masking, r.description]) WHERE x[0] IS NOT NULL AND x[1] IS NOT NULL] AS edges
RETURN columns, [s IN ss | [s.key, s.namespace, s.name, s.field, s.datasetKey]] AS sources, edges
