// Adds tags to a version, each once, sorted.
// $id: string; $tags: [string]
MATCH (a:Artifact:Entity {id: $id})
SET a.tags = COLLECT {
  UNWIND a.tags + $tags AS tag RETURN DISTINCT tag ORDER BY tag
}
