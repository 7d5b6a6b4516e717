// Condemns those of these locked blobs that no page lists; the others are not looked at again. A sweep
// that dies leaves the condemned to one from $again on. The upload that made such an object goes, so
// that nobody takes it for stored.
// $digests: [string]; $now, $again: int
UNWIND $digests AS digest
MATCH (b:Blob {sha256: digest})
USING INDEX b:Blob(sha256)
WHERE b.sweep_at <= $now
WITH b, EXISTS { (b)<-[:LISTS]-() } AS needed
SET b.sweep_at = CASE WHEN needed THEN null ELSE $again END,
  b.state = CASE WHEN needed THEN b.state ELSE 'CONDEMNED' END
WITH b
WHERE b.state = 'CONDEMNED'
OPTIONAL MATCH (u:Upload {key: b.key})
DELETE u
WITH b
RETURN collect({digest: b.sha256, key: b.key}) AS rows
