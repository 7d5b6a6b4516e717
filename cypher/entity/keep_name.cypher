// Writes down by which keys an entity, and the versions of a collection, lie in lists by name until
// the name changes, and in all lists where $moves; once written it stays.
// $id: string; $moves: bool
MATCH (e:Entity {id: $id})
SET e.lock = $id
WITH e WHERE e.id IS NOT NULL
CALL (e) {
  RETURN e AS n
  UNION ALL
  MATCH (n:Artifact)-[:VERSION_OF]->(e)
  RETURN n
}
WITH n WHERE n.named_since IS NOT NULL
MERGE (f:FormerName {subject_id: n.id, since: n.named_since})
SET f.name_key = n.name_key, f.experiment_name_key = n.experiment_name_key
WITH n, f WHERE $moves
SET f.list_key = n.list_key, f.listed_since = coalesce(n.listed_since, n.since)
