// Takes aliases off a version; those that point elsewhere stay, and are left out.
// $artifact_id, $by: string; $names: [string]; $seq, $at: int
MATCH (a:Artifact:Entity {id: $artifact_id})<-[old:CURRENT]-(alias:Alias)
WHERE alias.name IN $names
CREATE (alias)-[:WAS {since: old.since, until: $seq}]->(a)
DELETE old
SET a.updated_at = $at, a.updated_by = $by
RETURN alias.name AS name, a.id AS left_id, a.project_id AS project_id,
  coalesce(alias.protected, false) AS protected
