// Deleted versions whose bytes are to go, those first that are due longest.
// $now, $first: int
MATCH (a:Artifact)
WHERE a.purge_at <= $now
WITH a ORDER BY a.purge_at LIMIT $first
RETURN collect({id: a.id}) AS rows
