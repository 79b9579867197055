// Notes which log and which projection this graph is a function of, if it is new.
// Parameters: log, projection. Result: log, projection as they stand.
MERGE (g:HeadwaterGraph {key: 'graph'})
ON CREATE SET g.log = $log, g.projection = $projection
RETURN g.log AS log, g.projection AS projection
