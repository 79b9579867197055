// Parameters: key of log and partition, offset. No result.
MERGE (p:HeadwaterPosition {key: $key})
SET p.offset = $offset
