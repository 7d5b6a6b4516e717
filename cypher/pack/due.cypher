// Packs that the sweep is to look at, those first that are due longest.
// $now, $first: int
MATCH (p:Pack)
WHERE p.sweep_at <= $now
WITH p ORDER BY p.sweep_at LIMIT $first
RETURN collect({key: p.key}) AS rows
