// Result: migrations, a list of [name, checksum].
MATCH (m:HeadwaterMigration)
RETURN collect([m.key, m.checksum]) AS migrations
