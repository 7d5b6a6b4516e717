// Locks the drafts of a collection in the order of their ids.
// scan: sorts the drafts of one collection.
// $id: string
MATCH (a:Artifact)-[:VERSION_OF]->(:ArtifactCollection:Entity {id: $id})
WHERE a.state = 'PENDING'
WITH a ORDER BY a.id
SET a.lock = a.id
