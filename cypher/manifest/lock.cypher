// Locks pages in the order given. One that is not here gets a node that is UPLOADING.
// $digests: [string], sorted
UNWIND $digests AS digest
MERGE (p:ManifestPage {digest: digest})
ON CREATE SET p.state = 'UPLOADING'
SET p.lock = digest
WITH p
WHERE p.digest IS NOT NULL
RETURN collect({digest: p.digest, state: p.state}) AS rows
