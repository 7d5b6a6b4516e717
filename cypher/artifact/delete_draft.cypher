// Removes a draft that the caller has locked, and its files. Its prefix is swept once no upload can
// arrive any more.
// $id: string
MATCH (a:Artifact:Entity {id: $id})
WHERE a.state = 'PENDING'
OPTIONAL MATCH (u:UploadPrefix {draft_id: $id})
SET u.sweep_at = u.until
WITH a
OPTIONAL MATCH (f:DraftFiles)-[:OF]->(a)
DETACH DELETE f, a
