// Blobs that the sweep is to look at, those first that are due longest.
// $now, $first: int
MATCH (b:Blob)
WHERE b.sweep_at <= $now
WITH b ORDER BY b.sweep_at LIMIT $first
RETURN collect({digest: b.sha256}) AS rows
