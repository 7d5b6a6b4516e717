// Locks contents in the order given (sorted, so that two commits never wait for each other). One
// that is not here gets a node that is UPLOADING.
// $digests: [string], sorted
UNWIND $digests AS sha256
MERGE (b:Blob {sha256: sha256})
ON CREATE SET b.state = 'UPLOADING'
SET b.lock = sha256
WITH b
WHERE b.sha256 IS NOT NULL
RETURN collect({sha256: b.sha256, state: b.state, key: b.key, size: b.size}) AS rows
