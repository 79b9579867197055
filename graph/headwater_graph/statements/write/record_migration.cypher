// Parameters: name, checksum. No result.
MERGE (m:HeadwaterMigration {key: $name})
SET m.checksum = $checksum, m.appliedAt = datetime()
