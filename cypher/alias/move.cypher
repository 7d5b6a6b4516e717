// Points aliases of a collection at a version; where each pointed before is kept as WAS. Those
// that point there already are left out. The version that each leaves is named, null for none.
// $collection_id, $artifact_id, $by: string; $names: [string]; $seq, $at: int
MATCH (a:Artifact:Entity {id: $artifact_id})
UNWIND $names AS name
MERGE (alias:Alias {collection_id: $collection_id, name: name})
WITH a, alias
OPTIONAL MATCH (alias)-[old:CURRENT]->(before:Artifact)
WITH a, alias, old, before
WHERE before IS NULL OR before <> a
FOREACH (_ IN CASE WHEN before IS NULL THEN [] ELSE [before] END |
  CREATE (alias)-[:WAS {since: old.since, until: $seq}]->(before)
  DELETE old
  SET before.updated_at = $at, before.updated_by = $by
)
CREATE (alias)-[:CURRENT {since: $seq, at: $at, by: $by}]->(a)
SET a.updated_at = $at, a.updated_by = $by
RETURN alias.name AS name, before.id AS left_id, a.project_id AS project_id,
  coalesce(alias.protected, false) AS protected
