// Those of these digests that a version has whose bytes have not gone.
// $digests: [string]
UNWIND $digests AS digest
MATCH (a:Artifact)
WHERE a.digest = digest AND (a.state = 'COMMITTED' OR a.purge_at IS NOT NULL)
WITH DISTINCT digest
RETURN collect({digest: digest}) AS rows
