// A draft in a collection: it has no number yet, and no list shows it.
// $id, $collection_id: string; $properties: map
MATCH (c:ArtifactCollection:Entity {id: $collection_id})
CREATE (a:Entity:Artifact {id: $id})-[:VERSION_OF]->(c)
SET a += $properties
