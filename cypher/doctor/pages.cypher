// Manifest pages by digest, each with what it lists.
// $after: string; $first: int
MATCH (p:ManifestPage)
WHERE p.digest > $after
WITH p ORDER BY p.digest LIMIT $first
RETURN collect({
  digest: p.digest, key: p.key, state: p.state, count: p.count, size: p.size, sweep_at: p.sweep_at,
  first_path: p.first_path, last_path: p.last_path,
  needed: EXISTS { (p)<-[:HAS_PAGE]-() },
  lists: COLLECT { MATCH (p)-[:LISTS]->(b:Blob) RETURN {digest: b.sha256, state: b.state} }
}) AS rows
