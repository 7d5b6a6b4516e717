// Condemns those of these locked pages that no version has; the others are not looked at again. A sweep
// that dies leaves the condemned to one from $again on.
// $digests: [string]; $now, $again: int
UNWIND $digests AS digest
MATCH (p:ManifestPage {digest: digest})
USING INDEX p:ManifestPage(digest)
WHERE p.sweep_at <= $now
WITH p, EXISTS { (p)<-[:HAS_PAGE]-() } AS needed
SET p.sweep_at = CASE WHEN needed THEN null ELSE $again END,
  p.state = CASE WHEN needed THEN p.state ELSE 'CONDEMNED' END
WITH p
WHERE p.state = 'CONDEMNED'
RETURN collect({digest: p.digest, key: p.key}) AS rows
