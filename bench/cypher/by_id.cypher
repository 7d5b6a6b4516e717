// An artifact.
// $id: string
MATCH (a:Artifact:Entity {id: $id})
RETURN a {.id, .name, .version, .size} AS answer
