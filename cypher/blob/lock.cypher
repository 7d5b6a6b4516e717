// Locks contents in the order given (sorted, so that two commits never wait for each other) and
// makes those LIVE that the caller has uploaded. Rows of contents that cannot be listed are left
// out: they are not here, or on their way out.
// $blobs: [{sha256: string, size: int, key: string or null where the caller has not uploaded it}]
UNWIND $blobs AS blob
CALL (blob) {
  WITH blob WHERE blob.key IS NOT NULL
  MERGE (b:Blob {sha256: blob.sha256})
  SET b.lock = blob.key
  WITH b, blob WHERE b.state IS NULL OR b.state <> 'LIVE'
  SET b.state = 'LIVE', b.key = blob.key, b.size = blob.size
}
CALL (blob) {
  WITH blob WHERE blob.key IS NULL
  MATCH (b:Blob {sha256: blob.sha256})
  SET b.lock = blob.sha256
}
MATCH (b:Blob {sha256: blob.sha256})
WHERE b.state = 'LIVE'
RETURN collect({sha256: b.sha256, key: b.key, size: b.size}) AS rows
