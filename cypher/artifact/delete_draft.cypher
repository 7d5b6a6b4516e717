// Removes a draft that the caller has locked, and its files. Its prefix is swept once no upload can
// arrive any more, and no commit that began before can write pages.
// $id: string; $until: int, when such a commit has ended
MATCH (a:Artifact:Entity {id: $id})
WHERE a.state = 'PENDING'
OPTIONAL MATCH (u:UploadPrefix {draft_id: $id})
SET u.sweep_at = CASE WHEN u.until > $until THEN u.until ELSE $until END
WITH a
OPTIONAL MATCH (f:DraftFiles)-[:OF]->(a)
DETACH DELETE f, a
