// Locks contents in the order given.
// $digests: [string], sorted
UNWIND $digests AS digest
MATCH (b:Blob {sha256: digest})
SET b.lock = digest
