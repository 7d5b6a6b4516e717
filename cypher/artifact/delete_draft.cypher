// Removes a draft that the caller has locked. Its prefix is swept, and its files with it, once no
// upload can arrive any more, and no commit that began before can write pages.
// $id: string; $until: int, when such a commit has ended
MATCH (a:Artifact:Entity {id: $id})
WHERE a.state = 'PENDING'
OPTIONAL MATCH (u:UploadPrefix {draft_id: $id})
SET u.sweep_at = CASE WHEN u.until > $until THEN u.until ELSE $until END
DETACH DELETE a
