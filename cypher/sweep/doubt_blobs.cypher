// Has the sweep look at the contents that these pages list, which are about to go. Locks them in the
// order of their digests.
// scan: sorts what a few pages list.
// $digests: [string]; $now: int
MATCH (p:ManifestPage)-[:LISTS]->(b:Blob)
WHERE p.digest IN $digests
WITH DISTINCT b ORDER BY b.sha256
SET b.sweep_at = $now
