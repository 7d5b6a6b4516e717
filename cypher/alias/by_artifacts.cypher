// The names of the aliases that point at each version now, sorted.
// $ids: [string]
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
RETURN collect({
  artifact_id: id,
  names: COLLECT { MATCH (a)<-[:CURRENT]-(alias:Alias) RETURN alias.name ORDER BY alias.name }
}) AS rows
