// Everything downstream of datasets or jobs at design level, with the edges that lead to it.
// parameters: keys (list of keys of Dataset or Job), endsAfter and seenBy (datetime: an edge counts if it ended after the
//   one and was seen by the other), cap (most nodes). The bound 1000000 is replaced by the caller's: Cypher takes no parameter there.
// columns: datasets [key, labels, namespace, name, type, subType], jobs [key, labels, namespace, name, type],
//   steps [key, key of its owner, namespace, name and type of the owner],
//   edges [source key, target key, type, evidence, who says it of others or null]; the target of an edge may be missing from the nodes if they were cut.
MATCH (t:Dataset|Job)
WHERE t.key IN $keys
OPTIONAL MATCH (t)-[:HAS_STEP]->(s:Step)
WITH t, collect(s) AS steps
UNWIND [t] + steps AS f
MATCH (f)-[r:FEEDS|PRODUCES|ALIAS_OF*0..1000000]->(u)
WHERE all(x IN r WHERE x.endedAt IS NULL OR (x.endedAt > $endsAfter AND x.firstSeen <= $seenBy))
WITH DISTINCT u
LIMIT $cap
WITH collect(u) AS us
CALL (us) {
  UNWIND us AS u
  MATCH (u)-[x:FEEDS|PRODUCES|ALIAS_OF]->(a)
  WHERE x.endedAt IS NULL OR (x.endedAt > $endsAfter AND x.firstSeen <= $seenBy)
  RETURN collect([u.key, a.key, type(x), x.evidence, x.saidBy]) AS edges
}
CALL (us) {
  UNWIND us AS u
  WITH u
  WHERE u:Step
  MATCH (o)-[:HAS_STEP]->(u)
  RETURN collect([u.key, o.key, o.namespace, o.name, o.type]) AS steps
}
RETURN [u IN us WHERE u:Dataset | [u.key, labels(u), u.namespace, u.name, u.type, u.subType]] AS datasets,
       [u IN us WHERE u:Job | [u.key, labels(u), u.namespace, u.name, u.type]] AS jobs,
       steps, edges
