// What lies in a pack and is needed, in the order in which it lies there.
// scan: sorts the contents of one pack.
// $key: string
MATCH (b:Blob)
WHERE b.key STARTS WITH $key + '@' AND b.state = 'LIVE'
WITH b ORDER BY toInteger(split(b.key, '@')[1])
RETURN collect({sha256: b.sha256, key: b.key, size: b.size}) AS rows
