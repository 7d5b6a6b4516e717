// A pack whose contents have been verified. The sweep looks at it, and at those contents that lie in it
// alone, when it looks at the draft; those that lie elsewhere it repeats, which tells that the draft
// brought them.
// $draft_id, $key: string; $size: int; $digests: [string], of all its contents, locked
MATCH (u:UploadPrefix {draft_id: $draft_id})
CREATE (p:Pack {key: $key, size: $size, sweep_at: u.sweep_at, state: 'LIVE', read_until: 0})
WITH u, p
UNWIND $digests AS sha256
MATCH (b:Blob {sha256: sha256})
WITH u, p, b, b.key STARTS WITH $key + '@' AS inside
FOREACH (_ IN CASE WHEN inside THEN [1] ELSE [] END | SET b.sweep_at = u.sweep_at)
FOREACH (_ IN CASE WHEN inside THEN [] ELSE [1] END | CREATE (p)-[:REPEATS]->(b))
