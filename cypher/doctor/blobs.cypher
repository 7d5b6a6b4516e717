// Contents by digest.
// $after: string; $first: int
MATCH (b:Blob)
WHERE b.sha256 > $after
WITH b ORDER BY b.sha256 LIMIT $first
RETURN collect({
  digest: b.sha256, key: b.key, state: b.state, size: b.size, sweep_at: b.sweep_at,
  needed: EXISTS { (b)<-[:LISTS]-() }
}) AS rows
