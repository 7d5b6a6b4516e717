// Adds tags to a version, each once, sorted.
// $id, $by: string; $tags: [string]; $at: int
MATCH (a:Artifact:Entity {id: $id})
SET a.updated_at = $at, a.updated_by = $by, a.tags = COLLECT {
  UNWIND a.tags + $tags AS tag RETURN DISTINCT tag ORDER BY tag
}
