// Locks pages in the order given.
// $digests: [string], sorted
UNWIND $digests AS digest
MATCH (p:ManifestPage {digest: digest})
SET p.lock = digest
