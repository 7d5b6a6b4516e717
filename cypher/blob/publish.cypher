// Makes locked contents LIVE, which lie in these objects. A pack in which one lay before, condemned, is
// looked at by the sweep.
// $blobs: [{sha256, key: string; size: int}]
UNWIND $blobs AS blob
MATCH (b:Blob {sha256: blob.sha256})
OPTIONAL MATCH (before:Pack {key: split(b.key, '@')[0]})
SET before.sweep_at = 0
SET b.state = 'LIVE', b.key = blob.key, b.size = blob.size
