// Removes tags from a version.
// $id: string; $tags: [string]
MATCH (a:Artifact:Entity {id: $id})
SET a.tags = [tag IN a.tags WHERE NOT tag IN $tags]
