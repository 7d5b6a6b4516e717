// Where the bytes of these contents lie.
// $digests: [string]
UNWIND $digests AS sha256
MATCH (b:Blob {sha256: sha256})
RETURN collect({sha256: b.sha256, key: b.key, size: b.size}) AS rows
