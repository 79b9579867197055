// Everything downstream of dataset versions, runs or steps of them, run-exact, with the edges that lead to it.
// parameters: keys (list of keys of DatasetVersion, Run or Step), cap (most nodes). The bound 1000000 is replaced by the caller's.
// columns: versions [key, labels, datasetKey, version, source, writtenAt, failed],
//   runs [key, runId, jobKey, state, at, startedAt, endedAt, lastEventAt, error],
//   steps [key, then the columns of runs for the run that owns it],
//   edges [source key, target key, type, evidence, inferred, namedVersion, role]; the target of an edge may be missing
//   from the nodes if they were cut.
MATCH (t:DatasetVersion|Run|Step)
WHERE t.key IN $keys
OPTIONAL MATCH (t)-[:HAS_STEP]->(s:Step)
WITH t, collect(s) AS steps
UNWIND [t] + steps AS f
MATCH (f)-[r:READ_BY|WROTE|CARRIED_INTO|FEEDS*0..1000000]->(u)
WITH DISTINCT u
LIMIT $cap
WITH collect(u) AS us
CALL (us) {
  UNWIND us AS u
  MATCH (u)-[x:READ_BY|WROTE|CARRIED_INTO|FEEDS]->(a)
  RETURN collect([u.key, a.key, type(x), x.evidence, x.inferred, x.namedVersion, x.role]) AS edges
}
CALL (us) {
  UNWIND us AS u
  WITH u
  WHERE u:Step
  MATCH (o:Run)-[:HAS_STEP]->(u)
  RETURN collect([u.key, o.key, o.runId, o.jobKey, o.state, toString(o.at), toString(o.startedAt), toString(o.endedAt),
                  toString(o.lastEventAt), o.error]) AS steps
}
RETURN [u IN us WHERE u:DatasetVersion |
        [u.key, labels(u), u.datasetKey, u.version, u.source, toString(u.writtenAt), u.failed]] AS versions,
       [u IN us WHERE u:Run |
        [u.key, u.runId, u.jobKey, u.state, toString(u.at), toString(u.startedAt), toString(u.endedAt),
         toString(u.lastEventAt), u.error]] AS runs,
       steps, edges
