// Makes locked contents LIVE, which lie in these objects.
// $blobs: [{sha256, key: string; size: int}]
UNWIND $blobs AS blob
MATCH (b:Blob {sha256: blob.sha256})
SET b.state = 'LIVE', b.key = blob.key, b.size = blob.size
