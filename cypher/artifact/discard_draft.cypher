// Ends a draft; where its content was there already, it only remembers which version answers for it.
// Its prefix is swept, and its files with it, once no upload can arrive any more, and no commit that
// began before can write pages.
// $id, $same_as: string (null: the draft was committed); $until: int, when such a commit has ended
MATCH (a:Artifact:Entity {id: $id})
SET a.same_as = $same_as, a.base_id = null
WITH a
MATCH (u:UploadPrefix {draft_id: $id})
SET u.sweep_at = CASE WHEN u.until > $until THEN u.until ELSE $until END
