// The part of the common timeline of a dataset and its other names that a change at or after a time concerns.
// Parameters: keys of the datasets, since (time as text).
// Result: writes, a list of [version key, writtenAt] of the writes that did not fail, since then and the newest before;
// reads, the keys of runs whose writes add to what one of these left, and of runs later than `since` whose reads without
// a version are bound to one of them, or to none (with several names also of runs that read it by name: one edge may
// stand for two reads). A run of several jobs may have begun before: each of them reads at its own time, some by name.
CALL () {
  UNWIND $keys AS key
  MATCH (v:DatasetVersion)
  WHERE v.datasetKey = key AND v.writtenAt >= datetime($since) AND NOT v.failed
  RETURN collect(v) AS later
}
CALL () {
  UNWIND $keys AS key
  CALL (key) {
    MATCH (v:DatasetVersion)
    WHERE v.datasetKey = key AND v.writtenAt < datetime($since) AND NOT v.failed
    RETURN v ORDER BY v.writtenAt DESC, v.key DESC LIMIT 1
  }
  WITH v ORDER BY v.writtenAt DESC, v.key DESC LIMIT 1
  RETURN collect(v) AS newest
}
CALL (newest) {
  UNWIND $keys AS key
  MATCH (:Dataset {key: key})<-[:VERSION_OF]-(v:DatasetVersion)
  WHERE size(newest) = 0 AND v.source = 'UNKNOWN'
  RETURN collect(v) AS unknown
}
WITH later + newest AS writes, later + newest + unknown AS versions
CALL (versions) {
  UNWIND versions AS v
  MATCH (v)-[b:READ_BY]->(x:Run|Step)
  OPTIONAL MATCH (x)<-[:HAS_STEP]-(owner:Run)
  WITH coalesce(owner, x) AS run, size($keys) > 1 OR (b.inferred AND b.namedVersion IS NULL) AS unnamed
  WHERE (unnamed AND run.at > datetime($since))
    OR (COUNT { (run)-[:RUN_OF]->() } > 1 AND run.lastEventAt > datetime($since))
  RETURN collect(DISTINCT run.key) AS readers
}
CALL (writes) {
  UNWIND writes AS v
  MATCH (v)<-[w:WROTE]-(x:Run|Step)
  WHERE w.carries IS NOT NULL
  OPTIONAL MATCH (x)<-[:HAS_STEP]-(owner:Run)
  RETURN collect(DISTINCT coalesce(owner, x).key) AS adding
}
CALL (writes) {
  UNWIND writes AS v
  MATCH (v)-[c:CARRIED_INTO]->(:DatasetVersion)
  RETURN collect(DISTINCT c.saidBy) AS carrying
}
RETURN [v IN writes | [v.key, v.writtenAt]] AS writes, readers + adding + carrying AS reads
