// The locked versions that could get a protected alias back, each once.
// $ids: [string]; $managed: [string] or null for all
UNWIND $ids AS id
MATCH (a:Artifact:Entity {id: id})
WHERE EXISTS {
  MATCH (a)<-[:WAS {until: a.deleted}]-(alias:Alias)
  WHERE alias.protected AND NOT EXISTS { (alias)-[:CURRENT]->() }
} AND ($managed IS NULL OR a.project_id IN $managed)
RETURN collect({id: id}) AS rows
