// The first name of kept facets after another, in the order of names.
// parameters: after (a name, or empty)
// columns: names (of one, or empty)
MATCH (f:Facet)
WHERE f.name > $after AND f.key IS NOT NULL  // what the index holds
WITH f.name AS name
ORDER BY name
LIMIT 1
RETURN collect(name) AS names
