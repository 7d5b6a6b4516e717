// Locks pages in the order given. Pages that went since they were announced are left out.
// $digests: [string], sorted
UNWIND $digests AS digest
MATCH (p:ManifestPage {digest: digest})
SET p.lock = digest
WITH p
RETURN collect({digest: p.digest, state: p.state}) AS rows
