// Removes those of these locked blobs that are still condemned, and not stored anew elsewhere. The packs
// in which some of them lay are looked at next.
// $condemned: [{digest, key: string}]; $now: int
UNWIND $condemned AS blob
MATCH (b:Blob {sha256: blob.digest})
WHERE b.state = 'CONDEMNED' AND b.key = blob.key
WITH b, b.sha256 AS digest, b.key AS key
DETACH DELETE b
WITH digest, key
OPTIONAL MATCH (p:Pack {key: split(key, '@')[0]})
SET p.sweep_at = $now
RETURN collect({digest: digest, key: key}) AS rows
