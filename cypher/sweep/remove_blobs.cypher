// Removes those of these locked blobs that are still condemned, and not stored anew elsewhere.
// $condemned: [{digest, key: string}]
UNWIND $condemned AS blob
MATCH (b:Blob {sha256: blob.digest})
WHERE b.state = 'CONDEMNED' AND b.key = blob.key
WITH b, b.sha256 AS digest, b.key AS key
DETACH DELETE b
RETURN collect({digest: digest, key: key}) AS rows
