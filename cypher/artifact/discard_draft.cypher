// Removes the files of a draft; where its content was there already, it only remembers which
// version answers for it. Its prefix is swept once no upload can arrive any more.
// $id, $same_as: string (null: the draft was committed)
MATCH (a:Artifact:Entity {id: $id})
SET a.same_as = $same_as
WITH a
MATCH (u:UploadPrefix {draft_id: $id})
SET u.sweep_at = u.until
WITH a
MATCH (f:DraftFiles)-[:OF]->(a)
DETACH DELETE f
