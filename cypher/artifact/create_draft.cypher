// A draft in a collection, which it locks, so that it lies in the same project whatever is moved. It
// has no number yet, and no list shows it. Its prefix in the byte store is looked at by the
// sweep from $sweep_at on.
// $id, $collection_id: string; $sweep_at: int; $properties: map
MATCH (c:ArtifactCollection:Entity {id: $collection_id})
SET c.lock = $collection_id
WITH c
CREATE (a:Entity:Artifact {id: $id})-[:VERSION_OF]->(c)
SET a += $properties, a.project_id = c.project_id
CREATE (:UploadPrefix {draft_id: $id, sweep_at: $sweep_at, until: 0})
