// How the graph as a whole stands, whoever wrote it. No parameters.
// Result: log and projection that it is a function of (null if of none), offset of the log that it holds,
// nodes other than migrations and the lease.
MATCH (n)
WITH count(n) AS all
OPTIONAL MATCH (m:HeadwaterMigration)
WITH all, count(m) AS migrations
OPTIONAL MATCH (l:HeadwaterLease)
WITH all, migrations, count(l) AS leases
OPTIONAL MATCH (g:HeadwaterGraph {key: 'graph'})
OPTIONAL MATCH (p:HeadwaterPosition {key: g.log + '|0'})
RETURN g.log AS log, g.projection AS projection, coalesce(p.offset, 0) AS offset, all - migrations - leases AS nodes
