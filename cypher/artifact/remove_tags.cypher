// Removes tags from a version.
// $id, $by: string; $tags: [string]; $at: int
MATCH (a:Artifact:Entity {id: $id})
SET a.updated_at = $at, a.updated_by = $by, a.tags = [tag IN a.tags WHERE NOT tag IN $tags]
