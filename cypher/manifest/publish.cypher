// Makes a locked page LIVE, which lies in this object, and draws what it lists: locked contents. One
// that the sweep was about to take still lists it. Nothing for a draft that has ended. Nobody has it yet, so the sweep looks at it when it
// looks at the draft.
// $draft_id, $digest, $key, $first_path, $last_path: string; $count, $size, $bytes: int;
// $blobs: [string]
MATCH (u:UploadPrefix {draft_id: $draft_id})
WHERE EXISTS { MATCH (a:Artifact:Entity {id: $draft_id}) WHERE a.state = 'PENDING' }
WITH u.sweep_at AS sweep_at
MATCH (p:ManifestPage {digest: $digest})
SET p.state = 'LIVE', p.key = $key, p.first_path = $first_path, p.last_path = $last_path,
  p.count = $count, p.size = $size, p.bytes = $bytes, p.sweep_at = sweep_at
WITH p
WHERE NOT EXISTS { (p)-[:LISTS]->() }
UNWIND $blobs AS sha256
MATCH (b:Blob {sha256: sha256})
CREATE (p)-[:LISTS]->(b)
SET b.sweep_at = null
