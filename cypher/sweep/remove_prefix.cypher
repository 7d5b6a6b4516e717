// Forgets the prefix of a draft that has ended, and the draft where another version answers for it.
// $id: string
MATCH (u:UploadPrefix {draft_id: $id})
DELETE u
WITH $id AS id
MATCH (a:Artifact:Entity {id: id})
WHERE a.same_as IS NOT NULL
DETACH DELETE a
