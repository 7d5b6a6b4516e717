// Those of these digests that a version has.
// $digests: [string]
UNWIND $digests AS digest
MATCH (a:Artifact)
WHERE a.digest = digest
WITH DISTINCT digest
RETURN collect({digest: digest}) AS rows
