// Packs by key, and whether a content lies in each.
// $after: string; $first: int
MATCH (p:Pack)
WHERE p.key > $after
WITH p ORDER BY p.key LIMIT $first
RETURN collect({
  digest: p.key, key: p.key, state: p.state, size: p.size, sweep_at: p.sweep_at,
  needed: EXISTS { MATCH (b:Blob) WHERE b.key STARTS WITH p.key + '@' }
}) AS rows
