// All relationships of the graph. Result: a row per relationship: type, source and target keys, properties.
MATCH (a)-[r]->(b)
RETURN type(r) AS type, a.key AS source, b.key AS target, properties(r) AS properties
