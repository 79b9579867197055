// What stands behind runs: code, parameters, environment, seeds, metrics but those of datasets, as far as they were said.
// parameters: keys (list of keys of Run)
// columns: runs [key, engine, seeds, nominalStart, code, params, key of the environment, metrics [name, value, split, step],
//   keys of its jobs if they are several],
//   environments [key, properties]
UNWIND $keys AS key
MATCH (r:Run {key: key})
OPTIONAL MATCH (r)-[:USED_CODE]->(c:CodeVersion)
OPTIONAL MATCH (r)-[:WITH_PARAMS]->(p:ParamSet)
OPTIONAL MATCH (r)-[:RAN_IN]->(e:Environment)
WITH r, head(collect(c)) AS c, head(collect(p)) AS p, head(collect(e)) AS e
CALL (r) {
  OPTIONAL MATCH (r)-[:MEASURED]->(m:Metric)
  WHERE NOT (m)-[:DESCRIBES]->()
  WITH m
  ORDER BY m.name, m.split, m.step
  RETURN collect(CASE WHEN m IS NULL THEN null ELSE [m.name, m.value, m.split, m.step] END) AS metrics
}
WITH collect(DISTINCT e) AS es,
     collect([r.key, r.engine, r.seeds, toString(r.nominalStart),
              c {.repository, .version, .branch, .tag, .path, .pullRequest, .dirty, .diffSha256, .language, .sourceSha256}, p.params, e.key, metrics,
              CASE WHEN COUNT { (r)-[:RUN_OF]->(:Job) } > 1 THEN COLLECT { MATCH (r)-[:RUN_OF]->(j:Job) RETURN j.key ORDER BY j.key } END]) AS runs
RETURN runs,
       [e IN es | [e.key, e {.python, .os, .packages, .lockSha256, .image, .hardware}]] AS environments
