// Who has a facet of a name.
CREATE INDEX Facet_name_key IF NOT EXISTS FOR (n:Facet) ON (n.name, n.key);
