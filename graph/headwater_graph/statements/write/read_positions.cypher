// Result: positions, a list of [key, offset].
MATCH (p:HeadwaterPosition)
RETURN collect([p.key, p.offset]) AS positions
