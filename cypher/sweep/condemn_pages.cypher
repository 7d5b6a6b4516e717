// Condemns those of these locked pages that no version has; the others are not looked at again. A sweep
// that dies leaves the condemned to one from $again on. Those of a draft that may still be committed are
// left.
// $digests: [string]; $now, $again: int
UNWIND $digests AS digest
MATCH (p:ManifestPage {digest: digest})
USING INDEX p:ManifestPage(digest)
WHERE p.sweep_at <= $now
OPTIONAL MATCH (u:UploadPrefix {draft_id: split(p.key, '/')[1]})
WHERE NOT EXISTS { MATCH (a:Artifact:Entity {id: u.draft_id}) WHERE a.state <> 'PENDING' }
WITH p, u, EXISTS { (p)<-[:HAS_PAGE]-() } AS needed
SET p.sweep_at = CASE WHEN needed THEN null WHEN u.sweep_at > $now THEN u.sweep_at ELSE $again END,
  p.state = CASE WHEN needed OR u IS NOT NULL THEN p.state ELSE 'CONDEMNED' END
WITH p
WHERE p.state = 'CONDEMNED'
RETURN collect({digest: p.digest, key: p.key}) AS rows
