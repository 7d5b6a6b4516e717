// Condemns those of these locked blobs that no page lists; the others are not looked at again. A sweep
// that dies leaves the condemned to one from $again on. What lies under the prefix of a draft is left
// while the prefix is there, unless the draft was committed: a commit may still be at it, or the client
// bring the same again under the same key. The upload that made such an object goes, so that nobody
// takes it for stored.
// $digests: [string]; $now, $again: int
UNWIND $digests AS digest
MATCH (b:Blob {sha256: digest})
USING INDEX b:Blob(sha256)
WHERE b.sweep_at <= $now
OPTIONAL MATCH (u:UploadPrefix {draft_id: split(b.key, '/')[1]})
WHERE NOT EXISTS { MATCH (a:Artifact:Entity {id: u.draft_id}) WHERE a.state <> 'PENDING' }
WITH b, u, EXISTS { (b)<-[:LISTS]-() } AS needed
SET b.sweep_at = CASE WHEN needed THEN null WHEN u.sweep_at > $now THEN u.sweep_at ELSE $again END,
  b.state = CASE WHEN needed OR u IS NOT NULL THEN b.state ELSE 'CONDEMNED' END
WITH b
WHERE b.state = 'CONDEMNED'
OPTIONAL MATCH (made:Upload {key: b.key})
DELETE made
WITH b
RETURN collect({digest: b.sha256, key: b.key}) AS rows
